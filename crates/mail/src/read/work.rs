//! How much work reading a mail was: octets that patterns and passes looked at. Tests bound it instead of a clock,
//! which says the same on any machine; outside of tests nothing is counted.

#[cfg(test)]
thread_local! {
    static OCTETS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// So many octets were looked at.
#[cfg(test)]
pub(super) fn note(octets: usize) {
    OCTETS.with(|sum| sum.set(sum.get() + octets));
}

#[cfg(not(test))]
pub(super) const fn note(_octets: usize) {}

/// What `job` looked at on this thread.
#[cfg(test)]
pub(super) fn measure<T>(job: impl FnOnce() -> T) -> (T, usize) {
    OCTETS.with(|sum| sum.set(0));
    let out = job();
    (out, OCTETS.with(std::cell::Cell::get))
}
