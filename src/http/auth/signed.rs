//! What changes projects, in the name of whoever asks.

use std::{future::ready, ops::Deref};

use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, dev::Payload, web::Data};

use crate::{
    actors::{executor::ExecutorHandle, sessions::SessionsHandle, writer::WriterHandle},
    auth::Who,
    domain::access::By,
    http::error::ApiError,
};

/// Something with which projects are changed. What comes of it has the name of whoever asks in the log.
pub(in crate::http) struct Signed<T>(T);

/// What can be signed.
pub(in crate::http) trait Sign: Clone + 'static {
    /// The same for what somebody does.
    fn sign(&self, by: By) -> Self;
}

impl Sign for WriterHandle {
    fn sign(&self, by: By) -> Self {
        self.signed(by)
    }
}

impl Sign for SessionsHandle {
    fn sign(&self, by: By) -> Self {
        self.signed(by)
    }
}

impl Sign for ExecutorHandle {
    fn sign(&self, by: By) -> Self {
        self.signed(by)
    }
}

impl<T> Deref for Signed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Sign> FromRequest for Signed<T> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let by = request.extensions().get::<Who>().map(Who::by);
        let signed = by
            .zip(request.app_data::<Data<T>>())
            .map(|(by, unsigned)| Self(unsigned.sign(by)));
        // The door lets nobody through without saying who they are, and the app has all of these.
        ready(signed.ok_or_else(|| ApiError::internal().into()))
    }
}
