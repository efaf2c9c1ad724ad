import Simulation

/// By a name of its own: the tests' VirtualTime is another, in which nobody waits.
typealias SimulatedTime = VirtualTime
