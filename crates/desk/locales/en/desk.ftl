any = All
home-title = Home
home-todos = To do now
home-nothing = Nothing waits. Late answers, answers to review and mails that could not be sent show up here.
home-events = Events
home-new-event = New event
home-no-events = There is no event yet. Create one, add services and crews, and import the roster to begin.
todo-late = { $n } late { $n ->
    [one] answer
   *[other] answers
}
todo-bounced = { $n } bounced { $n ->
    [one] delivery
   *[other] deliveries
}
todo-triage = { $n } to triage
todo-release = { $n } { $n ->
    [one] decision
   *[other] decisions
} to release
todo-review = { $n } { $n ->
    [one] answer
   *[other] answers
} to review
todo-quarantine = { $n } quarantined { $n ->
    [one] mail
   *[other] mails
}
todo-failed-mail = { $n } failed { $n ->
    [one] mail
   *[other] mails
}
todo-failed-jobs = { $n } failed { $n ->
    [one] job
   *[other] jobs
}
todo-drafts = { $n } draft { $n ->
    [one] mail
   *[other] mails
}
phase-before = Not open yet
phase-open = Open
phase-closed = Closed
closes-at = closes { $at }

col-event = Event
col-phase = Phase
col-number = No.
col-question = Question
col-asker = Asker
col-service = Service
col-state = State
col-kind = Kind
col-to = To
col-subject = Subject
col-when = When
col-actor = Who
col-action = What
col-subject-of = To what
col-details = Details
field-q = Search
field-roles = Roles
field-subject = Subject

ledger-title = Ledger
ledger-lead = { $asked } questions in; the answers to { $delivered } have arrived.
ledger-settled = Every question has come to its end.
ledger-export = Download all (JSON)
ledger-picture = The flow of the questions. The same numbers stand in the list below.
ledger-sums = In numbers
ledger-empty = No question stands here.
ledger-reverse = Asked back
ledger-all = all
ledger-in = in
ledger-live = live
ledger-routed = to crews
ledger-merged = merged
ledger-owed = to answer
ledger-approved = approved
ledger-delivered = delivered
ledger-draft = drafts
ledger-withdrawn = withdrawn
ledger-received = to triage
ledger-declined = declined
ledger-waiting = waiting
ledger-late = late
ledger-in-review = in review
ledger-preparing = being prepared
ledger-queued = on the way
ledger-bounced = bounced
ledger-accepted = arrived by mail
ledger-page-only = on their page
reverse-proposed = Proposed
reverse-picked = Picked
reverse-sent = Sent
reverse-asked = Partners asked
reverse-waiting = Waiting
reverse-late = Late
reverse-in-review = In review
reverse-approved = Approved

outbox-title = Outbox
outbox-lead = Every outgoing mail stands here first. Until it goes, it can be read, edited and stopped.
outbox-q = Recipient’s name or address
outbox-empty = No mail fits these filters.
outbox-back = Back to the outbox
outbox-created = Created
outbox-sent-at = Sent
outbox-attempts = attempt { $n }
outbox-attempts-label = Attempts
outbox-server = The mail server said
outbox-queue = Send
outbox-retry = Send again now
outbox-hold = Back to draft
outbox-drop = Do not send
outbox-edit = Edit
outbox-preview = Preview
outbox-preview-hint = The secret part of a link is filled in when the mail goes; it is not shown here.
outbox-queued = The mail is queued.
outbox-held = The mail is a draft again.
outbox-dropped = The mail will not be sent.
outbox-edit-stale = Somebody else edited this mail meanwhile, or it has gone. What stands below is not saved.
block-text = Text
block-note = Small print
block-quote = Quote
block-facts = Facts (one a line, name: value)
block-action = Button
block-ways = Links, one a line
block-code = Words above the code
mail-invitation = Invitation
mail-new-link = New link
mail-receipt = Receipt
mail-outcome = Outcome
mail-assignment = Assignment
mail-call = Call for questions
mail-reverse-question = Question back
mail-delivery = Answer delivered
mail-approval = Approval of words
mail-correction = Correction
mail-ask-back = A crew asks
mail-speaker = Speaker
mail-reminder = Reminder
mail-staff-notice = Staff notice

staff-title = Staff
staff-new = New account
staff-create = Create account
staff-created = The account is created.
staff-active = Active
staff-disabled = Closed
staff-since = Since
staff-since-on = since { $at }
staff-back = Back to staff
staff-password-hint = Leave it empty to get a one-time password, shown once.
staff-access = Access
staff-access-hint = A new password or closing the account ends all their sessions.
staff-new-password = Make a new password
staff-disable = Close account
staff-enable = Reopen account
staff-last-administrator = One administrator must remain.
password-title = One-time password
password-lead = Hand this to { $name }. It cannot be shown again once you leave this page.

audit-title = Audit log
audit-lead = Who did what, and when. It holds no question’s or answer’s text.
audit-empty = No entry fits these filters.
actor-staff = Staff
actor-partner = Partner
actor-crew = Crew
actor-speaker = Speaker
actor-system = System

home-jobs = Failed jobs
col-why = Why
col-do = To do
job-retry = Try again
job-retried = The job is in the queue again.

audit-export = The record of this event as a file
audit-export-hint = Choose an event to get its record as a file.
audit-csv = CSV
audit-xlsx = Excel (XLSX)
audit-json = JSON
audit-col-from = From
audit-col-to = To
audit-col-number = Question
audit-col-id = Id
audit-col-deed = Deed
mail-newsletter = Newsletter
mail-seat = About a place
mail-entry = Entry code
mail-thanks = Thanks
todo-comments = { $n } comments to read
