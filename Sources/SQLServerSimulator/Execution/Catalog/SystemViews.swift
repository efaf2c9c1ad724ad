/// The catalog's own views as objects.
enum SystemViews {
  static let all: [CatalogView] = ["sys.system_views", "sys.system_objects"].map { name in
    let more =
      name == "sys.system_views"
      ? """

      is_replicated bit?, has_replication_filter bit?, has_opaque_metadata bit,
      has_unchecked_assembly_data bit,
      with_check_option bit, is_date_correlation_view bit, is_tracked_by_cdc bit?
      """ : ""
    return CatalogView(name, readsObjects: false, ObjectViews.objectColumns + more) {
      contents, _, rows throws(SQLError) in
      for view in SystemCatalog.sorted {
        rows.begin()
        ObjectViews.set(view, contents, &rows)
      }
    }
  }
}
