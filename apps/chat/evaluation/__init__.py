"""Measures how well questions with known answers are answered. Nothing is stored."""
