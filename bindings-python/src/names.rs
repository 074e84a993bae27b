//! The closed sets as Python sees them: interned strings, whose types in the stubs are the `Literal`s of `valify_link._types`.

use core::convert::Infallible;

use pyo3::type_hint_identifier;
use pyo3::{Bound, IntoPyObject, Python, inspect::PyStaticExpr, types::PyString};
use valify_link_core as core_api;

macro_rules! names {
    ($($name:ident = $set:path,)+) => {$(
        pub(crate) struct $name(&'static str);

        impl From<$set> for $name {
            fn from(member: $set) -> Self {
                Self(member.as_str())
            }
        }

        impl<'py> IntoPyObject<'py> for $name {
            type Target = PyString;
            type Output = Bound<'py, PyString>;
            type Error = Infallible;
            const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("valify_link._types", stringify!($name));

            fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
                Ok(PyString::intern(py, self.0))
            }
        }
    )+};
}

names! {
    BoundBrowser = core_api::return_state::BoundBrowser,
    Environment = core_api::Environment,
    ErrorKind = core_api::ErrorKind,
    MatchesBy = core_api::webhook::MatchesBy,
    Mistake = core_api::webhook::Mistake,
    Module = core_api::webhook::Module,
    NationalIdWarning = core_api::national_id::NationalIdWarning,
    Outcome = core_api::Outcome,
    Problem = core_api::webhook::Problem,
    Scheme = core_api::webhook::SchemeName,
    Sex = core_api::national_id::Sex,
    Status = core_api::Status,
    SubjectWarning = core_api::national_id::SubjectWarning,
}
