"""The journal becomes findings, and findings become a report."""
