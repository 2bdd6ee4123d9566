"""The morning mail: what is low, expires, is overdue or waits for review, as each person chose it."""
