//! The ports in memory keep the same contracts as those on real servers.

use std::sync::{Arc, Mutex};

use domain::dead_letters::DeadQueue;
use domain::ports::{QueueDepths as _, Recorded, SubmissionLedger as _, TicketStore as _};
use testkit::ambient::FixedClock;
use testkit::build;
use testkit::build::NOW;
use testkit::contract::{
    activity, activity_rows, address_source, audience, broadcast_queue, callback_queue, captures,
    census, connection_store, dead_letter_queue, dead_letters, event_log, event_rows,
    event_sources, expiring, file_store, frame_meter, lanes, late_usage, log_search, pauses,
    pool_heartbeats, postings, pusher_queue, queue_depths, rate_limit, report_store,
    response_times, result_store, roll_ups, root_secret_store, secret_reader, source_queues,
    spending, spent_tasks, stale_connections, stuck_tasks, submission_ledger, subscriptions,
    task_index, task_queue, task_store, task_watch, text_model, texts, ticket_store, time_series,
    update_queue, uploads,
};
use testkit::memory::{
    Faults, MemoryActivity, MemoryAddress, MemoryBroadcastQueue, MemoryBuriedLetters,
    MemoryCallbackQueue, MemoryCaptures, MemoryConnections, MemoryDeadLetters, MemoryEventSources,
    MemoryEvents, MemoryFiles, MemoryHeartbeats, MemoryLanes, MemoryPauses, MemoryPostings,
    MemoryPusherQueue, MemoryQueueDepths, MemoryRates, MemoryReports, MemoryResults,
    MemoryRootSecrets, MemorySecret, MemorySourceQueues, MemorySpending, MemorySubmissions,
    MemoryTaskQueue, MemoryTasks, MemoryTickets, MemoryUpdateQueue, MemoryUploads, ScriptedModel,
};

#[tokio::test]
async fn an_address_is_an_address_source() {
    let address = MemoryAddress::new("postgres://user:first@host/name");
    address_source::all(&address, async |text| address.change(text)).await;
}

#[tokio::test]
async fn tasks_are_a_task_store() {
    task_store::all(&MemoryTasks::default(), &build::tenant()).await;
}

#[tokio::test]
async fn tasks_are_a_task_index() {
    let tasks = MemoryTasks::default();
    let indexed = task_index::Indexed {
        store: &tasks,
        index: &tasks,
    };
    task_index::all(indexed, &build::tenant()).await;
}

#[tokio::test]
async fn tasks_take_late_usage() {
    late_usage::all(&MemoryTasks::default(), &build::tenant()).await;
}

#[tokio::test]
async fn tasks_tell_what_was_spent() {
    spent_tasks::all(&MemoryTasks::default(), &build::tenant()).await;
}

#[tokio::test]
async fn tasks_can_be_watched() {
    let tasks = MemoryTasks::default();
    let watched = task_watch::Watched {
        store: &tasks,
        watch: &tasks,
    };
    task_watch::all(watched, &build::tenant()).await;
}

#[tokio::test]
async fn tasks_tell_which_are_stuck() {
    let tasks = MemoryTasks::default();
    let swept = stuck_tasks::Swept {
        store: &tasks,
        stuck: &tasks,
    };
    stuck_tasks::all(swept, &build::tenant()).await;
}

#[tokio::test]
async fn connections_tell_which_are_stale() {
    let connections = MemoryConnections::default();
    let swept = stale_connections::Swept {
        store: &connections,
        stale: &connections,
    };
    stale_connections::all(swept, &build::tenant()).await;
}

#[tokio::test]
async fn connections_follow_topics() {
    let connections = MemoryConnections::default();
    let followers = subscriptions::Followers {
        store: &connections,
        subscriptions: &connections,
    };
    subscriptions::all(followers, &build::tenant()).await;
}

#[tokio::test]
async fn connections_count_frames() {
    let connections = MemoryConnections::default();
    let counted = frame_meter::Counted {
        store: &connections,
        meter: &connections,
    };
    frame_meter::all(counted, &build::tenant()).await;
}

#[tokio::test]
async fn the_pusher_queue_is_one() {
    let queue = MemoryPusherQueue::default();
    pusher_queue::all(&queue, &build::tenant(), async || queue.take()).await;
}

#[tokio::test]
async fn lanes_are_lanes() {
    let lanes = MemoryLanes::default();
    let kept = lanes::Kept {
        lanes: &lanes,
        delayed: &lanes,
        room: &lanes,
        watch: &lanes,
    };
    lanes::all(kept, &build::tenant()).await;
}

#[tokio::test]
async fn heartbeats_are_pool_heartbeats() {
    let clock = Arc::new(FixedClock::at(NOW));
    let heartbeats = MemoryHeartbeats::new(clock.clone(), &Faults::default());
    let kept = pool_heartbeats::Kept {
        heartbeats: &heartbeats,
        clock: &clock,
    };
    pool_heartbeats::all(kept).await;
}

#[tokio::test]
async fn pauses_are_kept_in_memory() {
    let clock = Arc::new(FixedClock::at(NOW));
    let pauses = MemoryPauses::new(clock.clone(), &Faults::default());
    let kept = pauses::Kept {
        pauses: &pauses,
        clock: &clock,
    };
    pauses::all(kept).await;
}

#[tokio::test]
async fn event_sources_are_turned_on_and_off() {
    let clock = Arc::new(FixedClock::at(NOW));
    let sources = MemoryEventSources::new(clock, &Faults::default());
    event_sources::all(&sources).await;
}

#[tokio::test]
async fn a_secret_is_read() {
    let secret = MemorySecret::default();
    secret_reader::all(&secret, async |text| secret.change(text)).await;
}

#[tokio::test]
async fn rates_are_a_rate_limit() {
    rate_limit::all(&MemoryRates::default(), &build::tenant()).await;
}

#[tokio::test]
async fn submissions_are_a_submission_ledger() {
    let tasks = Arc::new(MemoryTasks::default());
    let kept = submission_ledger::Kept {
        ledger: &MemorySubmissions::new(&tasks, &Faults::default()),
        store: tasks.as_ref(),
    };
    submission_ledger::all(kept, &build::tenant()).await;
}

#[tokio::test]
async fn results_are_a_result_store() {
    let results = MemoryResults::default();
    let read = async |link: &_| results.follow(link).expect("the link leads somewhere");
    result_store::all(&results, &build::tenant(), NOW, read).await;
}

#[tokio::test]
async fn the_task_queue_is_one() {
    let queue = MemoryTaskQueue::default();
    let arrived = Mutex::new(Vec::new());
    let receive = async |priority| {
        let mut arrived = arrived.lock().unwrap();
        arrived.extend(queue.take_jobs());
        let taken = arrived.extract_if(.., |job| job.priority == priority);
        taken
            .map(|job| (job.tenant, job.request_id, job.trace))
            .collect()
    };
    task_queue::all(&queue, &build::tenant(), receive).await;
}

#[tokio::test]
async fn the_update_queue_is_one() {
    let queue = MemoryUpdateQueue::default();
    update_queue::all(&queue, &build::tenant(), async || queue.take()).await;
}

#[tokio::test]
async fn connections_are_a_connection_store() {
    connection_store::all(&MemoryConnections::default(), &build::tenant()).await;
}

#[tokio::test]
async fn connections_are_an_audience() {
    let connections = MemoryConnections::default();
    let hall = audience::Hall {
        store: &connections,
        audience: &connections,
    };
    audience::all(hall, &build::tenant()).await;
}

#[tokio::test]
async fn connections_can_be_counted() {
    census::all(&MemoryConnections::default(), &build::tenant()).await;
}

#[tokio::test]
async fn buried_letters_are_dead_letters() {
    let letters = MemoryBuriedLetters::default();
    for queue in DeadQueue::ALL {
        let bury = async |letter: &_| letters.bury(queue, letter);
        dead_letters::all(&letters, queue, bury, async |_| letters.let_go()).await;
    }
}

#[tokio::test]
async fn letters_go_back_to_source_queues() {
    let sources = MemorySourceQueues::default();
    for queue in DeadQueue::ALL {
        let receive = async || {
            let sent = sources.take().into_iter();
            sent.map(|(to, body, tenant)| {
                assert_eq!(to, queue);
                (body, tenant.map(String::from))
            })
            .collect()
        };
        source_queues::all(&sources, queue, &build::tenant(), receive).await;
    }
}

#[tokio::test]
async fn queue_depths_are_told() {
    let queues = MemoryQueueDepths::default();
    let send = async |name| {
        let depth = queues.depth(name).await.unwrap();
        queues.holds(name, depth.visible.map(|count| count + 1));
    };
    let bury = async |queue| queues.buries(queue, Some(1));
    queue_depths::all(&queues, send, bury).await;
}

#[tokio::test]
async fn postings_are_taken() {
    let queue = MemoryPostings::default();
    postings::all(&queue, &build::tenant(), async || queue.take()).await;
}

#[tokio::test]
async fn the_broadcast_queue_is_one() {
    let queue = MemoryBroadcastQueue::default();
    let take = async || queue.take().into_iter().map(|(part, _)| part).collect();
    broadcast_queue::all(&queue, &build::tenant(), take).await;
}

#[tokio::test]
async fn tickets_are_a_ticket_store() {
    ticket_store::all(&MemoryTickets::default(), &build::tenant()).await;
}

#[tokio::test]
async fn events_give_response_times() {
    let events = MemoryEvents::default();
    let times = &events;
    response_times::without_requests_there_is_no_mean(&events, times, &build::tenant()).await;
    response_times::the_window_starts_at_its_start(&events, times, &build::tenant()).await;
    response_times::each_event_counts_once_and_in_its_tenant(&events, times, &build::tenant())
        .await;
}

#[tokio::test]
async fn events_give_log_lines() {
    let events = MemoryEvents::default();
    let search = &events;
    log_search::pages_hold_every_line_once(&events, search, &build::tenant()).await;
    log_search::filters_pick_lines(&events, search, &build::tenant()).await;
    log_search::the_range_is_half_open(&events, search, &build::tenant()).await;
    log_search::rare_lines_are_found(&events, search, &build::tenant()).await;
    log_search::tenants_are_apart(&events, search, &build::tenant()).await;
}

#[tokio::test]
async fn events_are_rolled_up() {
    let events = MemoryEvents::default();
    let (log, all) = (&events, &events);
    roll_ups::hours_with_requests_are_outdated_until_rolled_up(log, all, all, &build::tenant())
        .await;
    roll_ups::late_and_repeated_events_outdate_their_hours(log, all, all, &build::tenant()).await;
    roll_ups::nothing_is_lost_beside_appends(log, all, all, &build::tenant()).await;
    roll_ups::what_is_put_off_goes_behind_the_others(log, all, all, &build::tenant()).await;
}

#[tokio::test]
async fn events_give_figures_over_time() {
    let events = MemoryEvents::default();
    let series = &events;
    time_series::nothing_makes_no_rows(&events, series, &build::tenant()).await;
    time_series::every_bucket_agrees_with_the_reference(&events, series, &build::tenant()).await;
    time_series::buckets_are_half_open(&events, series, &build::tenant()).await;
    time_series::late_events_show_at_once(&events, series, &build::tenant()).await;
    time_series::answers_keep_up_with_appends(&events, series, &build::tenant()).await;
    time_series::too_many_rows_are_refused(&events, series, &build::tenant()).await;
    time_series::tenants_are_apart(&events, series, &build::tenant()).await;
}

/// One test for each part of a contract.
macro_rules! suite {
    ($module:ident, $contract:ident, $port:ident, [$($part:ident),+ $(,)?]) => {
        mod $module {
            use super::{$contract, $port, build};

            $(
                #[tokio::test]
                async fn $part() {
                    $contract::$part(&$port::default(), &build::tenant()).await;
                }
            )+
        }
    };
}

#[tokio::test]
async fn files_are_a_file_store() {
    let files = MemoryFiles::default();
    let kept = file_store::Kept {
        store: &files,
        read: async |key: &str| files.file(key).map(|(_, content)| content),
        unfinished: async || files.unfinished(),
    };
    file_store::all(kept, &build::tenant()).await;
}

/// One test for each part of a contract of rows.
macro_rules! rows {
    ($module:ident, $contract:ident, $port:ident, [$($part:ident),+ $(,)?]) => {
        mod $module {
            use super::{$contract, $port, build};

            $(
                #[tokio::test]
                async fn $part() {
                    let port = $port::default();
                    $contract::$part(&port, &port, &build::tenant()).await;
                }
            )+
        }
    };
}

rows!(
    rows_of_events,
    event_rows,
    MemoryEvents,
    [
        nothing_makes_no_rows,
        rows_come_whole_in_the_order_of_time,
        the_range_is_half_open,
        many_rows_come_in_batches,
        tenants_are_apart,
        other_sources_are_refused,
    ]
);

rows!(
    rows_of_activity,
    activity_rows,
    MemoryActivity,
    [
        nobody_makes_no_rows,
        users_come_by_name,
        sessions_come_by_name,
        the_range_is_half_open,
        many_rows_come_in_batches,
        a_reader_may_leave_early,
        tenants_are_apart,
        other_sources_are_refused,
    ]
);

suite!(
    events,
    event_log,
    MemoryEvents,
    [
        new_events_are_accepted,
        the_same_batch_again_is_all_duplicates,
        the_first_body_stays,
        ids_repeated_in_a_batch_are_duplicates_of_the_first,
        a_partly_known_batch_is_completed,
        tenants_are_apart,
        concurrent_batches_store_each_event_once,
        every_event_comes_back_as_it_was,
    ]
);

suite!(
    reports,
    report_store,
    MemoryReports,
    [
        a_report_comes_back_as_it_was,
        a_report_is_stored_once,
        pages_hold_every_report_once,
        tenants_are_apart,
        savers_at_once_agree,
    ]
);

suite!(
    users_and_sessions,
    activity,
    MemoryActivity,
    [
        a_new_tenant_has_nobody,
        users_count_once,
        the_same_batch_again_changes_nothing,
        order_does_not_matter,
        ends_are_final,
        idle_is_measured_from_the_newest_event,
        a_clock_ahead_makes_nobody_idle,
        tenants_are_apart,
        concurrent_batches_agree,
    ]
);

#[tokio::test]
async fn dead_letters_are_a_dead_letter_queue() {
    let letters = MemoryDeadLetters::default();
    dead_letter_queue::all(&letters, async || letters.take()).await;
}

#[tokio::test]
async fn the_callback_queue_is_one() {
    let queue = MemoryCallbackQueue::default();
    callback_queue::all(&queue, &build::tenant(), async || queue.take()).await;
}

#[tokio::test]
async fn captures_are_kept_and_found() {
    let kept = MemoryCaptures::default();
    captures::all(&kept, &kept).await;
}

#[tokio::test]
async fn root_secrets_are_a_root_secret_store() {
    let secrets = MemoryRootSecrets::default();
    root_secret_store::all(&secrets, async || secrets.rotate()).await;
}

#[tokio::test]
async fn tickets_expire() {
    let tickets = MemoryTickets::default();
    let put = async |name: &str, expires_at| {
        let ticket = build::ticket(name, expires_at);
        tickets.issue(&ticket).await.unwrap();
    };
    expiring::all(&tickets, put).await;
}

#[tokio::test]
async fn submissions_expire() {
    let submissions = MemorySubmissions::new(&Arc::default(), &Faults::default());
    let tenant = build::tenant();
    let put = async |name: &str, expires_at| {
        let (task, submission) = build::submission(&tenant, name, expires_at);
        let recorded = submissions.create_once(&task, &submission, NOW).await;
        assert_eq!(recorded.unwrap(), Recorded::Created);
    };
    expiring::all(&submissions, put).await;
}

#[tokio::test]
async fn uploads_are_kept() {
    let uploads = MemoryUploads::default();
    let kept = uploads::Kept {
        forms: &uploads,
        uploads: &uploads,
        now: NOW,
    };
    let post = async |form: &_, bytes: &[u8]| uploads.post(form, bytes, NOW);
    uploads::all(kept, &build::tenant(), post).await;
}

#[tokio::test]
async fn events_hold_texts() {
    let events = MemoryEvents::default();
    texts::all(&events, &events, &build::tenant()).await;
}

#[tokio::test]
async fn spending_is_counted() {
    spending::all(&MemorySpending::default(), &build::tenant()).await;
}

#[tokio::test]
async fn a_scripted_model_is_a_text_model() {
    text_model::all(async |take| ScriptedModel::new(move |_| take.clone())).await;
}
