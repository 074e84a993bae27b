//! Creates one link and prints where to send the user.
//!
//! `VALIFY_API_KEY=… cargo run -p valify-example-rust -- https://shop.example/back user-1`; against the local sandbox also
//! `VALIFY_SANDBOX_URL=http://127.0.0.1:8484`.

use std::{env, process::ExitCode};

use chrono::{Duration, Utc};
use valify_example_rust::create_link;
use valify_link_core::{Config, Error, Lang, Link, LinkRequest};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [return_url, reference_id] = arguments.as_slice() else {
        eprintln!("usage: valify-example-rust RETURN_URL REFERENCE_ID");
        return ExitCode::from(2);
    };
    match link(return_url, reference_id) {
        Ok(link) => {
            println!("{}", link.redirect_url);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("no link: {error}\nnext: {}", error.next());
            ExitCode::FAILURE
        }
    }
}

fn link(return_url: &str, reference_id: &str) -> Result<Link, Error> {
    let key = env::var("VALIFY_API_KEY").unwrap_or_default();
    let config = match env::var("VALIFY_SANDBOX_URL") {
        Ok(url) => Config::sandbox(key, url)?,
        Err(_) => Config::new(key)?,
    };
    let request = LinkRequest::new(return_url, reference_id, Utc::now() + Duration::minutes(30)).lang(Lang::En);
    create_link(&config, request)
}
