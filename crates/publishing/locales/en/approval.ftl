# Approval by those who said it
approvals-title = Approvals
approvals-empty = Nothing in this article needs approval yet. Add an exchange or a quote, and it appears here.
approvals-ask-hint = Words in { $n } places are new or edited. Each person gets one mail, and from the third day on at most two reminders.
approvals-ask-all = Ask for approval
approvals-ask = Ask this person
approvals-note = Note that they approved
approvals-asked-at = Asked:
approvals-not-asked = Not asked yet
approvals-no-mail = No mail address: hand over the link yourself
approvals-noted-by-staff = noted by staff
approvals-wish = What they would rather say
approvals-remark = They add:
approvals-accept = Use their wording
approvals-link = Their link
approvals-link-hint = Give it to this person alone, by messenger for instance.
approvals-asked = { $n ->
    [0] There is nobody new to ask.
    [one] One person was asked.
   *[other] { $n } people were asked.
 }
approvals-noted = Noted as approved.
approvals-accepted = Their wording is in the article.
approval-missing = Not asked
approval-reopened = Edited, ask again
approval-asked = Waiting
approval-approved = Approved
approval-change-wanted = Change wanted
approval-withdrawn = Withdrawn
approval-forecast = Published now, words in { $approved } places stand as approved.{ $anonymous ->
    [0] {""}
   *[other] {" "}Of those not approved, { $anonymous } stand without a name.
 }{ $out ->
    [0] {""}
   *[other] {" "}Of those not approved, { $out } are left out.
 }

words-title = Your words in print
words-lead = We would like to print the words below in “{ $title }”. Please tell us whether they may stand like this.
words-published = The article is published.
words-open = Read it
words-empty = There are no words for you to look at.
words-one = Your words
words-n = Words { $n }
words-line = You are named like this
words-text = This is printed
words-pull = This is set large
words-overtaken = An editor is changing this. You will be asked again when it is done.
words-approve = They may stand like this
words-approve-all = All of them may stand like this
words-change = Ask for a change
words-wish = I would rather say
words-wish-hint = Write it as you would like to see it.
words-remark = A word to the editor
words-send = Send the wish
words-withdraw = Do not print them
words-withdraw-hint = These words will be printed nowhere, and leave what is published already.
words-withdraw-do = Please do not print them
words-state-asked = Please look
words-state-approved = Approved
words-state-change-wanted = Change wanted
words-state-withdrawn = Not printed
words-approved = Thank you. They will be printed as you approved them.
words-change-wanted = Thank you. The editor has your wish.
words-withdrawn = These words will not be printed.
words-error-nothing = Change the wording, or tell the editor what you would like.

mail-approval-subject = [{ $event }] Your words in an article: please have a look
mail-approval-subject-again = [{ $event }] Your words in an article are waiting for you
mail-approval-hello = Hello { $name },
mail-approval-text = We would like to publish the conversation of { $event } as an article, “{ $title }”. May these words of yours stand in it, under this name?
mail-approval-ways = On the page below you can approve them, ask for a change, or ask us not to print them.
mail-approval-action = Look at my words
mail-approval-note = Words that you do not approve are not printed under your name. You can take them back later by the same link.
mail-correction-subject = [{ $event }] An article with your words was corrected
mail-correction-text = “{ $title }” was corrected as follows.
mail-correction-action = Read the corrected article
