//! Work that is asked for one by one and done in turns: who comes while a turn is under way is served with the next.
//!
//! Nobody waits for company: the first one's turn begins at once, alone. The more there are, the more share a turn, so
//! its price (a way to the engine and back, a commit) is paid by many when it matters and by one when it does not.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// A turn that takes longer hangs (a lost connection, a lock somewhere else): newcomers no longer wait for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// One who waits, and where the answer goes.
pub(crate) type Asked<Q, A> = (Q, oneshot::Sender<A>);

pub(crate) struct Turns<Q, A> {
    state: Mutex<State<Q, A>>,
    /// Most that one turn serves: bounds how long the first of them waits.
    most: usize,
}

struct State<Q, A> {
    waiting: VecDeque<Asked<Q, A>>,
    /// When the present turn began.
    since: Option<Instant>,
}

impl<Q: Send + 'static, A: Send + 'static> Turns<Q, A> {
    pub(crate) const fn new(most: usize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            since: None,
        };
        Self {
            state: Mutex::new(state),
            most,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<Q, A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to `question`; `None` when the one who served went away without it. `serve` is called when a turn has
    /// to begin, and what it gives serves this turn and the following ones, until nobody waits.
    pub(crate) async fn ask<S>(self: &Arc<Self>, question: Q, serve: impl FnOnce() -> S) -> Option<A>
    where
        S: AsyncServe<Q, A>,
    {
        let (tell, hear) = oneshot::channel();
        let begins = {
            let mut state = self.state();
            state.waiting.push_back((question, tell));
            let begins = state.since.is_none_or(|since| since.elapsed() > PATIENCE);
            if begins {
                state.since = Some(Instant::now());
            }
            begins
        };
        if begins {
            // In a task of its own: an asker who goes away must not take the others' answers along.
            let (turns, serve) = (Arc::clone(self), serve());
            tokio::spawn(async move {
                let unfinished = Unfinished(&turns);
                while let Some(asked) = turns.next() {
                    serve.serve(asked).await;
                }
                std::mem::forget(unfinished);
            });
        }
        hear.await.ok()
    }

    /// Those of the next turn; `None` ends the turns.
    fn next(&self) -> Option<Vec<Asked<Q, A>>> {
        let mut state = self.state();
        let count = state.waiting.len().min(self.most);
        state.since = (count > 0).then(Instant::now);
        (count > 0).then(|| state.waiting.drain(..count).collect())
    }
}

/// Serves a turn, by telling each of the asked.
pub(crate) trait AsyncServe<Q, A>: Send + Sync + 'static {
    fn serve(&self, asked: Vec<Asked<Q, A>>) -> impl Future<Output = ()> + Send;
}

/// A turn that panicked, or whose runtime ends: those who wait hear that there is no answer, and the next one begins.
struct Unfinished<'a, Q: Send + 'static, A: Send + 'static>(&'a Turns<Q, A>);

impl<Q: Send + 'static, A: Send + 'static> Drop for Unfinished<'_, Q, A> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.since = None;
        state.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Semaphore;

    /// Doubles what it is asked, one turn for each permit; zero it cannot bear.
    #[derive(Clone)]
    struct Doubling {
        permits: Arc<Semaphore>,
        turns: Arc<Mutex<Vec<Vec<u32>>>>,
    }

    impl AsyncServe<u32, u32> for Doubling {
        async fn serve(&self, asked: Vec<Asked<u32, u32>>) {
            let turn = asked.iter().map(|(n, _)| *n).collect();
            self.turns.lock().expect("whole").push(turn);
            self.permits.acquire().await.expect("open").forget();
            for (n, tell) in asked {
                assert_ne!(n, 0, "nobody doubles nothing");
                let _ = tell.send(n * 2);
            }
        }
    }

    struct House {
        turns: Arc<Turns<u32, u32>>,
        doubling: Doubling,
    }

    impl House {
        fn new(most: usize) -> Self {
            Self {
                turns: Arc::new(Turns::new(most)),
                doubling: Doubling {
                    permits: Arc::new(Semaphore::new(0)),
                    turns: Arc::default(),
                },
            }
        }

        fn ask(&self, n: u32) -> tokio::task::JoinHandle<Option<u32>> {
            let (turns, doubling) = (Arc::clone(&self.turns), self.doubling.clone());
            tokio::spawn(async move { turns.ask(n, || doubling).await })
        }

        fn seen(&self) -> Vec<Vec<u32>> {
            self.doubling.turns.lock().expect("whole").clone()
        }

        /// Lets everybody come as far as they can.
        async fn settle(&self) {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn the_first_goes_alone_and_who_comes_meanwhile_shares_the_next_turn() {
        let house = House::new(3);
        let first = house.ask(1);
        house.settle().await;
        assert_eq!(house.seen(), [[1]], "nobody waits for company");
        let rest: Vec<_> = (2..=6).map(|n| house.ask(n)).collect();
        house.settle().await;
        assert_eq!(house.seen(), [[1]], "one turn at a time");
        house.doubling.permits.add_permits(3);
        assert_eq!(first.await.expect("no panic"), Some(2));
        for (n, asked) in (2..=6).zip(rest) {
            assert_eq!(asked.await.expect("no panic"), Some(n * 2));
        }
        assert_eq!(house.seen(), [vec![1], vec![2, 3, 4], vec![5, 6]]);
        house.settle().await;
        let again = house.ask(7);
        house.doubling.permits.add_permits(1);
        assert_eq!(again.await.expect("no panic"), Some(14), "the turns begin anew");
    }

    #[tokio::test]
    async fn who_goes_away_takes_nobodys_answer_along() {
        let house = House::new(8);
        let first = house.ask(1);
        house.settle().await;
        let (second, third) = (house.ask(2), house.ask(3));
        house.settle().await;
        // The one for whom the turn began, and one who waits.
        first.abort();
        second.abort();
        house.settle().await;
        house.doubling.permits.add_permits(2);
        assert_eq!(third.await.expect("no panic"), Some(6));
        assert_eq!(house.seen(), [vec![1], vec![2, 3]]);
    }

    #[tokio::test]
    async fn a_turn_that_fails_is_heard_of_and_the_next_one_begins() {
        let house = House::new(8);
        let first = house.ask(0);
        house.settle().await;
        let second = house.ask(5);
        house.settle().await;
        house.doubling.permits.add_permits(2);
        assert_eq!(first.await.expect("no panic"), None);
        assert_eq!(second.await.expect("no panic"), None, "who waited for it");
        assert_eq!(house.ask(6).await.expect("no panic"), Some(12));
    }
}
