"""Tables as files: CSV, XLSX and PDF. Knows no model; whoever has rows makes a `Sheet` of them."""
