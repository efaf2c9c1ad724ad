/// Proofload's own version, as `--version` and receipts print it.
package enum Version {
  package static let current = "0.1.0"
}
