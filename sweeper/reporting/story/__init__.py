"""What a report says: frames become sections of sentences, tables and figure values, which pages and terminals write."""
