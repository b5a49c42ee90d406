//! Small closed lists about people and programmes.

use super::text_enum;

text_enum! {
    /// What a consent is for: the needed one and the voluntary ones are asked apart (PIPA art. 22).
    ConsentPurpose { Required = "required", Print = "print", Newsletter = "newsletter" }
}

text_enum! {
    PartKind { Tour = "tour", Seminar = "seminar", Talk = "talk", Meal = "meal", Networking = "networking", Other = "other" }
}

text_enum! {
    ImportState { Previewed = "previewed", Running = "running", Done = "done", Failed = "failed" }
}

text_enum! {
    /// Who did something, in the audit log.
    ActorKind { Staff = "staff", Partner = "partner", Crew = "crew", Speaker = "speaker", System = "system" }
}
