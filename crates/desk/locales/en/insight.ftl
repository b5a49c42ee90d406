insight-lead = Counted are the questions that are owed an answer: without those that were withdrawn or declined. Days run from when a question came in to when its answer went out.
insight-empty = No question has come in yet. Once they do, you see here how many were answered, and after how long, by service and field.
insight-file = Download as Excel
insight-all = All
insight-asked = Asked
insight-answered = Answered
insight-answered-share = Share answered
insight-median = Days (median)
insight-read = Read
insight-read-share = Share read
insight-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
insight-spans = Days until the answer
insight-span = Days
insight-in-day = Within a day
insight-in-3 = Within 3 days
insight-in-week = Within a week
insight-in-two-weeks = Within 2 weeks
insight-in-month = Within a month
insight-longer = Longer
insight-years = By year
insight-events = By event
insight-services = By service
insight-fields = By field
insight-name = Name
insight-no-field = No field
