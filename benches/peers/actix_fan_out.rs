//! The smallest fan-out one would write with actix-web: a broadcast channel, and a stream for each client. It stores
//! nothing, begins nowhere, and who is too slow misses what it was too slow for.

use std::{net::TcpListener, sync::Arc};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    web::{self, Bytes, Data},
};
use futures_util::stream;
use tokio::sync::broadcast::{self, Sender, error::RecvError};

use super::pace::{self, Pace};

/// Events a client may be behind.
const CAPACITY: usize = 1_024;

type Groups = Arc<Vec<Sender<Bytes>>>;

/// Serves until standard input is closed.
pub(crate) fn serve(groups: usize, bytes: usize) -> anyhow::Result<()> {
    let groups: Groups = Arc::new(
        (0..groups)
            .map(|_| broadcast::channel(CAPACITY).0)
            .collect(),
    );
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    println!("{}", listener.local_addr()?.port());
    let publishing = Arc::clone(&groups);
    std::thread::spawn(move || {
        publish(&publishing, bytes);
        pace::wait_for_the_end();
        std::process::exit(0);
    });
    actix_rt::System::new().block_on(async move {
        HttpServer::new(move || {
            App::new()
                .app_data(Data::from(Arc::clone(&groups)))
                .route("/{path:.*}", web::get().to(open))
        })
        .workers(1)
        .on_connect(|connection, _| {
            let tcp = connection.downcast_ref::<actix_web::rt::net::TcpStream>();
            if let Some(tcp) = tcp {
                // Without it events wait for each other's acknowledgement: not what anybody would leave so.
                let _ = tcp.set_nodelay(true);
            }
        })
        .listen(listener)?
        .run()
        .await
    })?;
    Ok(())
}

async fn open(request: HttpRequest, groups: Data<Vec<Sender<Bytes>>>) -> HttpResponse {
    let Some(group) = groups.get(pace::group(request.path())) else {
        return HttpResponse::NotFound().finish();
    };
    let events = stream::unfold(group.subscribe(), async |mut events| {
        loop {
            match events.recv().await {
                Ok(event) => return Some((Ok::<_, std::convert::Infallible>(event), events)),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .streaming(events)
}

fn publish(groups: &[Sender<Bytes>], bytes: usize) {
    let Some(rate) = pace::rate() else { return };
    let mut pace = Pace::new(rate);
    let all = groups.len() as u64;
    std::thread::spawn(move || {
        pace::wait_for_the_end();
        std::process::exit(0);
    });
    loop {
        while let Some(due) = pace.due() {
            let group = (due.index % all) as usize;
            let event = pace::event(due.index / all + 1, due, bytes);
            // Nobody listening is no failure.
            let _ = groups[group].send(event.into());
        }
        pace::pause(pace.wait());
    }
}
