"""What an office keeps and does (办公): its registry of households, spreadsheets, accounts; on bangfu's rules."""
