"""What is kept of the record outside this database: on paper, in mails, with a witness, under a time-stamp."""
