//! Times and durations. The clock is Python's own `time.time_ns`, so that whatever a test does to it holds here too.

use chrono::{DateTime, Duration, Utc};
use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    sync::PyOnceLock,
    type_hint_identifier,
    types::{PyDateTime, PyDelta, PyModule, PyTzInfo},
};
use valify_link_core::{Error, ErrorKind, Instant};

use crate::error;

/// An aware `datetime` of any zone.
pub(crate) struct Moment(pub(crate) Instant);

impl<'a, 'py> FromPyObject<'a, 'py> for Moment {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("datetime", "datetime");

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let refuse = || error::misuse(py, "a time must be an aware datetime, such as datetime.now(timezone.utc)");
        let value = value.cast::<PyDateTime>().map_err(|_| refuse())?;
        Ok(Self(to_utc(&value).ok_or_else(refuse)?.extract::<DateTime<Utc>>()?))
    }
}

/// The same instant in UTC; `None` for a naive time, and for one that the calendar cannot hold there.
pub(crate) fn to_utc<'py>(value: &Bound<'py, PyDateTime>) -> Option<Bound<'py, PyAny>> {
    let py = value.py();
    let utc = PyTzInfo::utc(py).ok()?;
    // The usual zone, which Python code need not be asked about.
    if value.getattr(pyo3::intern!(py, "tzinfo")).ok()?.is(utc) {
        return Some(value.clone().into_any());
    }
    let offset = value.call_method0("utcoffset").ok()?;
    if offset.is_none() {
        return None;
    }
    value.call_method1("astimezone", (utc,)).ok()
}

/// The time given, or else the clock's.
pub(crate) fn or_now(py: Python<'_>, moment: Option<Moment>) -> PyResult<Instant> {
    static TIME: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    if let Some(moment) = moment {
        return Ok(moment.0);
    }
    let module = TIME.get_or_try_init(py, || PyResult::Ok(py.import("time")?.unbind()))?;
    let nanoseconds = module.bind(py).call_method0(pyo3::intern!(py, "time_ns"))?.extract::<i64>()?;
    Ok(DateTime::from_timestamp_nanos(nanoseconds))
}

/// Milliseconds as a `timedelta`.
pub(crate) fn duration(milliseconds: i64) -> Duration {
    Duration::try_milliseconds(milliseconds).unwrap_or(Duration::MAX)
}

/// When something expires: a `timedelta` counts from now.
pub(crate) fn expiry(value: &Bound<'_, PyAny>) -> PyResult<Instant> {
    let py = value.py();
    let refuse = |_| {
        let rule = "must be an aware datetime, such as datetime.now(timezone.utc) + timedelta(minutes=30), or a timedelta from now";
        error::raise(py, Error::refused(ErrorKind::InvalidRequest, Some("expires_at"), rule))
    };
    // Past the calendar's end there is no such time.
    let moment = if value.is_instance_of::<PyDelta>() {
        or_now(py, None)?.into_pyobject(py)?.add(value).map_err(refuse)?
    } else {
        value.clone()
    };
    Ok(moment.extract::<Moment>().map_err(refuse)?.0)
}
