# The edited question
my-copy = As it stands on stage and in print
my-copy-hint = We edited it a little so that it reads well. Your own words are kept as you sent them.
