"""One script a contender: it does the job on a file and answers in JSON; each imports nothing that it does not need."""
