# The page of files
outputs-title = Take it with you
outputs-lead = This article as a file. It is made when the first reader asks for it; everybody after gets it at once.
outputs-lead-issue = The whole issue as a file. It is made when the first reader asks for it; everybody after gets it at once.
outputs-pdf = PDF
outputs-pdf-hint = For printing, and for keeping it as it is.
outputs-epub = E-book (EPUB)
outputs-epub-hint = For e-readers and telephones, in letters as large as you like.
outputs-make-pdf = Make the PDF
outputs-make-epub = Make the e-book
outputs-get-pdf = Get the PDF
outputs-get-epub = Get the e-book
outputs-pages = { $n ->
    [one] { $n } page
   *[other] { $n } pages
}
outputs-progress = Progress
outputs-step-1 = Waiting for its turn.
outputs-step-2 = Gathering the text and the pictures.
outputs-step-3 = Setting the pages. This takes some seconds.
outputs-look = Look again
outputs-busy = Many readers are waiting for files just now. Please come back in a while.
outputs-failed-fonts = PDF and e-books cannot be made here: this installation has no fonts.
outputs-failed-large = There is too much text, or too many pictures, for one file.
outputs-failed-picture = One of the pictures cannot be read, so the file was not made.
outputs-failed-other = The file was not made. Please try again in a while.
outputs-article = Get it as PDF or e-book
outputs-issue = Get this issue as PDF or e-book
outputs-feed = Follow new articles (feed)
outputs-feed-title = Mundap: new articles
outputs-figures-all = All
outputs-figures-part = Programme

# The editor's page
outputs-export = Export as files (Markdown, JSON, pictures)
outputs-export-hint = Holds what readers see and what is being edited; words that somebody took back are not in it.
