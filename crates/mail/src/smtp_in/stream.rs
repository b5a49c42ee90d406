//! A connection that may become a private one in its middle (STARTTLS, RFC 3207), and the certificate for that.

use std::{
    io,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::SystemTime,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
    server::TlsStream,
};

/// Certificate and key of a listener; read anew when the certificate's file was changed, so that a renewed one is used
/// without a restart.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    read: Mutex<Option<Read>>,
}

#[derive(Clone, Debug)]
struct Read {
    changed: Option<SystemTime>,
    config: Arc<rustls::ServerConfig>,
}

impl Tls {
    /// Both as PEM; the certificate with those between it and its authority.
    pub fn new(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self {
            certificate: certificate.into(),
            key: key.into(),
            read: Mutex::new(None),
        }
    }

    /// Reads both files, unless they were read and did not change.
    ///
    /// # Errors
    /// When one of them cannot be read, is no PEM, or they do not go together.
    pub fn check(&self) -> io::Result<()> {
        self.config().map(drop)
    }

    fn config(&self) -> io::Result<Arc<rustls::ServerConfig>> {
        let changed = std::fs::metadata(&self.certificate).and_then(|m| m.modified()).ok();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Read { config, .. }) = read.as_ref().filter(|r| r.changed == changed) {
            return Ok(Arc::clone(config));
        }
        match self.load() {
            Ok(config) => {
                *read = Some(Read {
                    changed,
                    config: Arc::clone(&config),
                });
                Ok(config)
            }
            // While somebody writes the new one, the one from before goes on.
            Err(error) => match read.as_ref() {
                Some(before) => {
                    tracing::warn!(%error, "mail listener: the changed certificate does not read; the one before is used");
                    Ok(Arc::clone(&before.config))
                }
                None => Err(error),
            },
        }
    }

    fn load(&self) -> io::Result<Arc<rustls::ServerConfig>> {
        let bad = |e: rustls::pki_types::pem::Error| io::Error::new(io::ErrorKind::InvalidData, e.to_string());
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&std::fs::read(&self.certificate)?)
            .collect::<Result<_, _>>()
            .map_err(bad)?;
        let key = PrivateKeyDer::from_pem_slice(&std::fs::read(&self.key)?).map_err(bad)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|b| b.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        Ok(Arc::new(config))
    }
}

/// One connection, in the clear or not.
#[derive(Debug)]
pub(super) enum Stream<S> {
    Plain(S),
    Tls(Box<TlsStream<S>>),
    /// The handshake failed: there is nothing left to speak on.
    Gone,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream<S> {
    pub(super) const fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Shakes hands.
    pub(super) async fn secure(&mut self, tls: &Tls) -> io::Result<()> {
        let Self::Plain(plain) = std::mem::replace(self, Self::Gone) else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let stream = TlsAcceptor::from(tls.config()?).accept(plain).await?;
        *self = Self::Tls(Box::new(stream));
        Ok(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(s) => Pin::new(s).poll_read(cx, buf),
            Self::Tls(s) => Pin::new(s).poll_read(cx, buf),
            Self::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(s) => Pin::new(s).poll_write(cx, buf),
            Self::Tls(s) => Pin::new(s).poll_write(cx, buf),
            Self::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(s) => Pin::new(s).poll_flush(cx),
            Self::Tls(s) => Pin::new(s).poll_flush(cx),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(s) => Pin::new(s).poll_shutdown(cx),
            Self::Tls(s) => Pin::new(s).poll_shutdown(cx),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }
}
