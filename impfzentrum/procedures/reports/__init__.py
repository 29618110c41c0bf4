"""The county's reports: each is one table with a chart, for a period, for the county or one of its centres."""
