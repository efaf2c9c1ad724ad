import Databases
import Rows

/// Claims that hold for every driver. See `Conformance.checks`.
package enum Conformance {}
