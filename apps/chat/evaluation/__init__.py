"""How well questions with known answers are answered; nothing is stored."""
