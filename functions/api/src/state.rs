//! What the endpoints call.

use std::sync::Arc;

use app::submit_task::Metering;
use app::tell_cost::TellCost;
use app::{
    AnnounceChange, CancelTask, CheckHealth, Compute, CountConnections, GetReport, GetResult,
    GetTask, IngestEvents, IssueTicket, ListReports, ListTasks, LookAtDeadLetters, OfferUpload,
    PauseCheck, ReadDashboard, ReadSeries, ReadSystem, RedriveDeadLetters, RedriveLetter,
    RedriveTask, ReportTask, RetryTask, SearchLogs, SendBroadcast, SubmitBatch, SubmitTask,
    TailLogs, WebhookSecrets, announce::Announcer,
};
use domain::Prices;
use domain::kind::Catalogue;
use domain::ports::{
    ActivityStore, BroadcastQueue, CallbackQueue, Census, Clock, ConnectionStore, DeadLetters,
    Entropy, EventLog, EventSources, Health, LateUsage, LogSearch, Pauses, PoolHeartbeats,
    Postings, QueueDepths, ReportStore, ResponseTimes, ResultStore, RootSecretStore, SourceQueues,
    SubmissionLedger, TaskIndex, TaskQueue, TaskStore, TicketStore, TimeSeries, UpdateQueue,
    UploadForms,
};
use idempotency::IdempotencyStore;
use webhooks::Guard;

/// The use cases behind the API, wired once per process.
pub(crate) struct App {
    /// `GET /health`.
    pub(crate) check_health: CheckHealth,
    /// `GET /dashboard`.
    pub(crate) read_dashboard: ReadDashboard,
    /// `GET /dashboard/timeseries`.
    pub(crate) read_series: ReadSeries,
    /// `GET /logs`.
    pub(crate) search_logs: SearchLogs,
    /// `GET /reports`.
    pub(crate) list_reports: ListReports,
    /// `GET /reports/{id}`.
    pub(crate) get_report: GetReport,
    /// `POST /events`.
    pub(crate) ingest_events: IngestEvents,
    /// `GET /kinds`.
    pub(crate) kinds: Catalogue,
    /// `POST /tasks`.
    pub(crate) submit_task: SubmitTask,
    /// `POST /tasks/batch`.
    pub(crate) submit_batch: SubmitBatch,
    /// `GET /tasks`.
    pub(crate) list_tasks: ListTasks,
    /// `GET /tasks/{id}`.
    pub(crate) tell_cost: TellCost,
    /// `DELETE /tasks/{id}`.
    pub(crate) cancel_task: CancelTask,
    /// `POST /tasks/{id}/retry`.
    pub(crate) retry_task: RetryTask,
    /// `GET /tasks/{id}/result`.
    pub(crate) get_result: GetResult,
    /// `POST /uploads`.
    pub(crate) offer_upload: OfferUpload,
    /// `POST /realtime/tickets`.
    pub(crate) issue_ticket: IssueTicket,
    /// Begins traces.
    pub(crate) traces: Arc<dyn Entropy>,
    /// `POST /notify`.
    pub(crate) report_task: ReportTask,
    /// `POST /broadcast`.
    pub(crate) send_broadcast: SendBroadcast,
    /// `GET /operators/system`.
    pub(crate) read_system: ReadSystem,
    /// `GET /operators/connections`.
    pub(crate) count_connections: CountConnections,
    /// `GET /operators/dead-letters`.
    pub(crate) look_at_dead_letters: LookAtDeadLetters,
    /// `POST /operators/dead-letters/redrive`.
    pub(crate) redrive_dead_letters: RedriveDeadLetters,
    /// `GET /webhooks/secret`.
    pub(crate) webhook_secrets: WebhookSecrets,
    /// Where browsers open their WebSocket, without a query.
    pub(crate) websocket_url: String,
}

/// What the use cases need from the outside.
pub(crate) struct Ports {
    pub(crate) activity: Arc<dyn ActivityStore>,
    pub(crate) broadcasts: Arc<dyn BroadcastQueue>,
    pub(crate) callbacks: Arc<dyn CallbackQueue>,
    pub(crate) census: Arc<dyn Census>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) compute: Compute,
    pub(crate) connections: Arc<dyn ConnectionStore>,
    pub(crate) dead_letters: Arc<dyn DeadLetters>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) events: Arc<dyn EventLog>,
    pub(crate) event_sources: Arc<dyn EventSources>,
    pub(crate) guard: Guard,
    pub(crate) keys: Arc<dyn IdempotencyStore>,
    pub(crate) ledger: Arc<dyn SubmissionLedger>,
    pub(crate) index: Arc<dyn TaskIndex>,
    pub(crate) late_usage: Arc<dyn LateUsage>,
    pub(crate) logs: Arc<dyn LogSearch>,
    pub(crate) metering: Option<Metering>,
    pub(crate) pauses: Arc<dyn Pauses>,
    pub(crate) pool: Arc<dyn PoolHeartbeats>,
    pub(crate) postings: Arc<dyn Postings>,
    pub(crate) prices: Prices,
    pub(crate) queue: Arc<dyn TaskQueue>,
    pub(crate) queue_depths: Arc<dyn QueueDepths>,
    pub(crate) catalogue: Catalogue,
    pub(crate) reports: Arc<dyn ReportStore>,
    pub(crate) response_times: Arc<dyn ResponseTimes>,
    pub(crate) results: Arc<dyn ResultStore>,
    pub(crate) roots: Arc<dyn RootSecretStore>,
    pub(crate) series: Arc<dyn TimeSeries>,
    pub(crate) servers: Vec<Arc<dyn Health>>,
    pub(crate) source_queues: Arc<dyn SourceQueues>,
    pub(crate) tasks: Arc<dyn TaskStore>,
    pub(crate) tickets: Arc<dyn TicketStore>,
    pub(crate) traces: Arc<dyn Entropy>,
    pub(crate) updates: Arc<dyn UpdateQueue>,
    pub(crate) upload_forms: Arc<dyn UploadForms>,
    pub(crate) websocket_url: String,
}

impl App {
    /// The use cases over these ports.
    pub(crate) fn over(ports: Ports) -> Self {
        let submit_task = submit_task(&ports);
        let announcer = Announcer {
            updates: ports.updates.clone(),
            callbacks: ports.callbacks.clone(),
        };
        let redrive = redrive_letter(&ports, &submit_task, announcer.clone());
        let announce = announce_change(&ports, announcer.clone());
        let report_task = report_task(&ports, announce.clone());
        let (offer_upload, issue_ticket) = (offer_upload(&ports), issue_ticket(&ports));
        let count_connections = CountConnections::quick(ports.census.clone(), ports.clock.clone());
        let read_system = read_system(&ports, count_connections.clone());
        let clock = ports.clock;
        let get_report = GetReport {
            reports: ports.reports.clone(),
            results: ports.results.clone(),
            clock: clock.clone(),
        };
        let get_task = GetTask {
            tasks: ports.tasks.clone(),
            results: ports.results,
            clock: clock.clone(),
        };
        let cancel_task = CancelTask {
            tasks: ports.tasks.clone(),
            announce,
            compute: ports.compute.clone(),
            clock: clock.clone(),
        };
        let retry_task = RetryTask {
            submit_task: submit_task.clone(),
            announcer,
        };
        let redrive_dead_letters = RedriveDeadLetters {
            letters: ports.dead_letters.clone(),
            redrive,
        };
        let tail = TailLogs::new(ports.connections, ports.postings, clock.clone());
        Self {
            read_system,
            count_connections,
            look_at_dead_letters: LookAtDeadLetters {
                letters: ports.dead_letters,
                tasks: ports.tasks,
            },
            redrive_dead_letters,
            check_health: CheckHealth {
                servers: ports.servers,
            },
            read_dashboard: ReadDashboard {
                activity: ports.activity.clone(),
                response_times: ports.response_times,
                clock: clock.clone(),
            },
            read_series: ReadSeries {
                series: ports.series,
            },
            search_logs: SearchLogs { logs: ports.logs },
            list_reports: ListReports {
                reports: ports.reports,
            },
            get_report,
            ingest_events: IngestEvents {
                events: ports.events,
                activity: ports.activity,
                tail,
                clock: clock.clone(),
            },
            kinds: ports.catalogue,
            cancel_task,
            retry_task,
            submit_batch: SubmitBatch {
                submit_task: submit_task.clone(),
            },
            submit_task,
            list_tasks: ListTasks { index: ports.index },
            get_result: GetResult {
                get_task: get_task.clone(),
            },
            tell_cost: TellCost {
                get_task,
                late_usage: ports.late_usage,
                prices: ports.prices,
            },
            report_task,
            send_broadcast: SendBroadcast {
                queue: ports.broadcasts,
                keys: ports.keys,
                clock: clock.clone(),
                entropy: ports.entropy,
            },
            offer_upload,
            issue_ticket,
            traces: ports.traces,
            webhook_secrets: WebhookSecrets { roots: ports.roots },
            websocket_url: ports.websocket_url,
        }
    }
}

fn submit_task(ports: &Ports) -> SubmitTask {
    let pauses = PauseCheck::new(ports.pauses.clone(), ports.clock.clone());
    SubmitTask {
        pauses: Some(pauses),
        catalogue: ports.catalogue.clone(),
        tasks: ports.tasks.clone(),
        ledger: ports.ledger.clone(),
        queue: ports.queue.clone(),
        metering: ports.metering.clone(),
        guard: ports.guard.clone(),
        compute: ports.compute.clone(),
        clock: ports.clock.clone(),
        entropy: ports.entropy.clone(),
    }
}

/// What runs again from the page is what a submission would take on.
fn redrive_letter(ports: &Ports, submit_task: &SubmitTask, announcer: Announcer) -> RedriveLetter {
    RedriveLetter {
        redrive_task: RedriveTask {
            tasks: ports.tasks.clone(),
            queue: ports.queue.clone(),
            pauses: submit_task.pauses.clone(),
            announcer,
            compute: ports.compute.clone(),
            clock: ports.clock.clone(),
        },
        sources: ports.source_queues.clone(),
    }
}

fn announce_change(ports: &Ports, announcer: Announcer) -> AnnounceChange {
    AnnounceChange {
        announcer,
        queue: ports.queue.clone(),
    }
}

fn report_task(ports: &Ports, announce: AnnounceChange) -> ReportTask {
    ReportTask {
        catalogue: ports.catalogue.clone(),
        tasks: ports.tasks.clone(),
        announce,
        compute: ports.compute.clone(),
        clock: ports.clock.clone(),
    }
}

fn offer_upload(ports: &Ports) -> OfferUpload {
    OfferUpload {
        forms: ports.upload_forms.clone(),
        clock: ports.clock.clone(),
        entropy: ports.entropy.clone(),
    }
}

fn issue_ticket(ports: &Ports) -> IssueTicket {
    IssueTicket {
        tickets: ports.tickets.clone(),
        clock: ports.clock.clone(),
        entropy: ports.entropy.clone(),
    }
}

fn read_system(ports: &Ports, connections: CountConnections) -> ReadSystem {
    ReadSystem {
        queues: ports.queue_depths.clone(),
        connections,
        pool: ports.pool.clone(),
        sources: ports.event_sources.clone(),
        clock: ports.clock.clone(),
    }
}
