//! The process, as Linux tells in `/proc`, under the names every program's figures have: what is made for those fits. Elsewhere
//! nothing is told.

use std::{fmt, fs, io};

use super::{Registry, asked::Sheet};

/// What the processor's time in `/proc` is counted in, a second: the same on every Linux.
const TICKS: f64 = 100.0;

/// Where `/proc/self/stat` has what, counted from behind the name in brackets, which may hold anything.
const UTIME: usize = 11;
const STIME: usize = 12;
const THREADS: usize = 17;
const STARTED: usize = 19;

/// What is known of the process.
struct Process {
    cpu_seconds: f64,
    threads: f64,
    started_at: f64,
    resident_bytes: f64,
    open_files: f64,
    open_files_max: f64,
}

/// Enters the figures.
pub fn register(registry: &mut Registry) {
    registry.ask(|sheet| match Process::read() {
        Ok(process) => process.enter(sheet),
        // No Linux.
        Err(_) => Ok(()),
    });
}

impl Process {
    fn read() -> io::Result<Self> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let fields: Vec<&str> = fields.split(' ').collect();
        let field = |at: usize| fields.get(at).and_then(|field| field.parse().ok());
        let field = |at: usize| field(at).unwrap_or(0.0);
        let status = fs::read_to_string("/proc/self/status")?;
        let system = fs::read_to_string("/proc/stat")?;
        let limits = fs::read_to_string("/proc/self/limits")?;
        Ok(Self {
            cpu_seconds: (field(UTIME) + field(STIME)) / TICKS,
            threads: field(THREADS),
            started_at: after(&system, "btime") + field(STARTED) / TICKS,
            resident_bytes: after(&status, "VmRSS:") * 1_024.0,
            open_files: fs::read_dir("/proc/self/fd")?.count() as f64,
            open_files_max: after(&limits, "Max open files"),
        })
    }

    fn enter(self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let cpu = "Processor time used, in seconds";
        sheet.counter("process_cpu_seconds", cpu, [([], self.cpu_seconds)])?;
        let resident = "Memory in use, in bytes";
        sheet.gauge(
            "process_resident_memory_bytes",
            resident,
            [([], self.resident_bytes)],
        )?;
        let open = "Files and connections open";
        sheet.gauge("process_open_fds", open, [([], self.open_files)])?;
        let most = "Files and connections that may be open";
        sheet.gauge("process_max_fds", most, [([], self.open_files_max)])?;
        let threads = "Threads";
        sheet.gauge("process_threads", threads, [([], self.threads)])?;
        let started = "When it was started, in seconds since 1970";
        sheet.gauge(
            "process_start_time_seconds",
            started,
            [([], self.started_at)],
        )
    }
}

/// The number behind these words at the beginning of a line.
fn after(text: &str, words: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(words));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0.0)
}
