//! A place for a stream or a chat window: one of so many that a client may have, until its client is not let in any more.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use tokio_util::sync::CancellationToken;

use super::{Door, Entered, Who, found};
use crate::{
    auth::Stay,
    http::{
        error::ApiError,
        limits::{Client, Opened},
    },
};

/// To be kept as long as what it is for is open.
pub(in crate::http) struct Place {
    stay: Stay,
    stopping: CancellationToken,
    /// Counts as long as it is there.
    _opened: Opened,
}

impl Place {
    /// What is cancelled when it is over: the client is not let in any more, or the server stops.
    pub(in crate::http) fn ends(&self) -> CancellationToken {
        self.stay.ends()
    }

    /// Whether it is over because the client is not let in any more.
    pub(in crate::http) fn is_lost(&self) -> bool {
        self.stay.ends().is_cancelled() && !self.stopping.is_cancelled()
    }

    fn take(request: &HttpRequest) -> Result<Self, ApiError> {
        let door = request.app_data::<Data<Door>>();
        let door = door.ok_or_else(ApiError::internal)?;
        let (who, entered): (Who, Entered) = (found(request)?, found(request)?);
        let client = match who.is_anyone() {
            true => Client::at(entered.address),
            false => Client::LetIn(who.client()),
        };
        Ok(Self {
            _opened: door.limits.open(client, who.is_anyone())?,
            stay: door.doorkeeper.stay(&who, &door.stopping),
            stopping: door.stopping.clone(),
        })
    }
}

impl FromRequest for Place {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::take(request))
    }
}
