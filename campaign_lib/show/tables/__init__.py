"""What was computed and what surrounds it, as tables for people; nothing is computed here."""
