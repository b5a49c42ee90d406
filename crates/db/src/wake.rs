//! A hint that there is work: workers wake sooner. Polling stays the truth, so a lost hint costs only time.

use std::sync::Arc;
use tokio::sync::Notify;

#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Call it after the commit.
    pub fn notify(&self) {
        self.0.notify_waiters();
    }

    /// Waits for a hint, at most `pause`.
    pub async fn wait(&self, pause: std::time::Duration) {
        let _ = tokio::time::timeout(pause, self.0.notified()).await;
    }
}
