//! What our server is compared with. Each is as small as it can be and tuned as its makers say.

pub(crate) mod actix_fan_out;
pub(crate) mod epoll;
pub(crate) mod nchan;
pub(crate) mod pace;
