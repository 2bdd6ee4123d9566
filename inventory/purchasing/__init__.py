"""What is used, when to order it again, from whom; orders and what came of them; the manager's desk."""
