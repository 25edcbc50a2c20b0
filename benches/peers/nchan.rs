//! nginx with nchan, as its documentation says to set it up for an event stream: one worker, messages kept in memory.

use std::{fs, path::Path};

/// Writes its settings into this folder, for nginx to be started with `-p folder -c nginx.conf`.
pub(crate) fn set_up(folder: &Path, port: u16, module: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let text = format!(
        "load_module {};
daemon off;
pid nginx.pid;
error_log stderr error;
worker_processes 1;
events {{ worker_connections 15000; }}
http {{
  access_log off;
  tcp_nodelay on;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port};
    location /publish {{ nchan_publisher; nchan_channel_id all; nchan_message_buffer_length 1000; }}
    location /events {{ nchan_subscriber eventsource; nchan_channel_id all; }}
  }}
}}
",
        module.display()
    );
    fs::write(folder.join("nginx.conf"), text)
}
