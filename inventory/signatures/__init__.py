"""Electronic signatures: who signed what, when, with which meaning, bound to the content that was signed."""
