"""Tables as files, in and out: CSV and XLSX, within limits, whoever made them. Pure."""
