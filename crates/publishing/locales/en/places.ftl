# Places of distribution: where printed copies lie
places-title = Places
places-lead = Where printed copies of this issue lie. Each place has a QR code of its own: it leads to this issue and adds one to the place's count. Nothing about the reader is kept.
places-empty = No place yet. Add them one by one below, or paste the list you have.
places-sum = { $n ->
    [one] 1 place
   *[other] { $shown } places
}
place-copies-n = { $n ->
    [one] 1 copy
   *[other] { $shown } copies
}
place-reads-n = opened { $n ->
    [one] once
   *[other] { $shown } times
}
place-name = Name
place-address = Address
place-copies = Copies
place-copies-hint = How many printed copies go there.
place-copies-wrong = Write a number from 0 to { $most }.
place-note = Note
place-note-hint = It is printed on the label.
place-link = Address of the QR code
place-reads = Opened
place-change = Change
place-code = QR code
place-code-hint = A PNG picture for a poster or a notice.
place-code-save = Download the QR code
place-remove = Remove this place
place-remove-hint = The place and its count are deleted. QR codes that are up already lead to the magazine's first page.
place-removed = The place is removed.
place-overtaken = Somebody else saved first. Below is what you typed. Open the page again to compare, then save.
places-files = Files to print
places-file-xlsx = List, XLSX
places-file-pdf = List, PDF
places-file-24 = Labels, PDF · 24 on A4 (70 × 37 mm)
places-file-14 = Labels, PDF · 14 on A4 (99.1 × 38.1 mm)
places-labels = labels
places-days = Opened by day
places-day = Day
places-add = Add a place
places-add-do = Add
places-many = Add a list
places-many-hint = One place a line: name, address, copies, note. You can paste from a spreadsheet as it is. With column names in the first line, any order will do.
places-lines = List
places-file = File (CSV, XLSX)
places-file-hint = When you choose a file, it is read instead of the box above.
places-many-do = Add the list
places-lines-wrong = Line { $at } could not be read. Check that it has a name and that copies are a number. Nothing was added.
places-too-many = An issue has { $most } places at most.
places-take = Take over from another issue
places-take-hint = Copies that issue's places with their numbers of copies. A place of the same name and address is passed over. The QR codes are new ones.
places-from = Issue
places-take-do = Take over
places-added = { $n ->
    [one] 1 place is added.
   *[other] { $n } places are added.
}
issue-places-hint = Where printed copies lie, with labels and QR codes.
