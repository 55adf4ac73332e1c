"""Message catalogues: copy that translators keep in PO files beside the campaign."""
