"""What every page shares: access, forms, rendering, downloads."""
