"""Reading tables that people bring: CSV, Excel and calendar files become lines of text. Knows no model."""
