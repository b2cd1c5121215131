//! Which protocol is spoken, and that clients which never heard of it go on working.

use std::process::Command;

use end_to_end::{Socket, Stack};
use serde_json::json;

#[tokio::test]
async fn the_subprotocol_is_chosen_from_what_the_client_offers() {
    let caller = Stack::running().await.new_tenant().await;
    for offer in ["adology.v1", "graphql-transport-ws, adology.v1"] {
        let ticket = caller.ticket().await;
        let url = ticket["url"].as_str().expect("a url");
        let (mut socket, chosen) = Socket::open_offering(url, offer)
            .await
            .expect("it connects");
        assert_eq!(chosen.as_deref(), Some("adology.v1"), "{offer}");
        assert_eq!(socket.ask(&json!({"action": "ping"})).await["type"], "pong");
    }
}

#[tokio::test]
async fn only_unknown_ones_are_refused_and_the_ticket_is_still_good() {
    let caller = Stack::running().await.new_tenant().await;
    let ticket = caller.ticket().await;
    let url = ticket["url"].as_str().expect("a url");
    let refused = Socket::open_offering(url, "adology.v2").await;
    assert_eq!(refused.expect_err("it is refused"), 400);
    Socket::open(url).await.expect("it connects");
}

/// The client of the first documentation: no subprotocol, no frame of its own, three fields.
#[tokio::test]
async fn a_plain_client_gets_request_id_status_and_result() {
    let caller = Stack::running().await.new_tenant().await;
    let mut socket = caller.socket().await;
    let id = caller.submit_aggregate(json!({"window": "all"})).await;
    loop {
        let frame = socket.frame().await;
        assert_eq!(frame["request_id"], id.as_str());
        if frame["status"] == "completed" {
            assert_eq!(frame["result"]["rows"], json!([]));
            break;
        }
        assert_eq!(frame["status"], "processing");
    }
}

/// The same in the WebSocket of browsers, which closes a connection whose subprotocol it has not
/// offered or was not given. Node has it, from version 20 behind an option.
#[tokio::test]
async fn the_websocket_of_browsers_agrees() {
    let caller = Stack::running().await.new_tenant().await;
    for protocols in ["undefined", "'adology.v1'", "['mqtt', 'adology.v1']"] {
        let ticket = caller.ticket().await;
        let url = ticket["url"].as_str().expect("a url");
        let script = format!(
            "const socket = new WebSocket({}, {protocols});
             socket.onerror = () => process.exit(1);
             socket.onopen = () => socket.send(JSON.stringify({{action: 'ping'}}));
             socket.onmessage = (message) => {{
               console.log(socket.protocol + ' ' + JSON.parse(message.data).type);
               process.exit(0);
             }};",
            json!(url)
        );
        let run = Command::new("node")
            .args(["--no-warnings", "--experimental-websocket", "-e", &script])
            .output()
            .expect("node runs");
        let said = String::from_utf8_lossy(&run.stdout);
        let expected = if protocols == "undefined" {
            " pong"
        } else {
            "adology.v1 pong"
        };
        assert_eq!(
            said.trim_end_matches('\n'),
            expected,
            "{protocols}: {run:?}"
        );
    }
}
