//! From the times of a policy's file to moments.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use toml::Spanned;
use toml::value::{Datetime, Offset as WrittenOffset};

use super::due::Due;
use crate::course::{CourseError, SourceFile, words};

/// The time zone of times that name no offset.
#[derive(Debug)]
pub(super) enum Zone {
    /// None is named.
    Unsaid,
    /// One is named that there is not.
    Unknown,
    /// This.
    Known(String, TimeZone),
}

const WITH_A_TIME: &str = "expected a date with a time, such as 2026-09-12T09:00:00Z";

/// A time zone by its name. The rules come with us, so that scores do not depend on what a machine has installed.
pub(super) fn zone(file: &SourceFile, name: &Spanned<String>, errors: &mut Vec<CourseError>) -> Zone {
    let known = TimeZoneDatabase::bundled();
    if let Ok(zone) = known.get(name.get_ref()) {
        return Zone::Known(name.get_ref().clone(), zone);
    }
    let error = file.error(name.span(), format!("unknown time zone `{}`", name.get_ref()));
    let names: Vec<String> = known.available().map(|name| name.as_str().to_owned()).collect();
    let near = words::did_you_mean(name.get_ref(), names.iter().map(String::as_str));
    errors.push(error.label("expected one such as \"Europe/Berlin\" or \"UTC\"").maybe_help(near));
    Zone::Unknown
}

/// When that is. Nothing where only the time zone is wrong, which has an error of its own.
pub(super) fn due(
    file: &SourceFile,
    written: &Spanned<Datetime>,
    zone: &Zone,
) -> Result<Option<Due>, CourseError> {
    let error = |message: &str| file.error(written.span(), message);
    let Some(local) = local(written.get_ref()) else {
        return Err(error("this is no moment").label(WITH_A_TIME));
    };
    let beyond = |_| error("this is beyond all calendars");
    match (written.get_ref().offset, zone) {
        (Some(offset), zone) => {
            let fixed = TimeZone::fixed(self::offset(offset));
            let moment = fixed.to_timestamp(local).map_err(beyond)?;
            let zone = if let Zone::Known(_, zone) = zone { zone.clone() } else { fixed };
            Ok(Some(Due(moment.to_zoned(zone))))
        }
        (None, Zone::Known(name, zone)) => {
            let ambiguous = zone.to_ambiguous_zoned(local);
            let happens = match ambiguous.offset() {
                AmbiguousOffset::Unambiguous { .. } => {
                    return ambiguous.unambiguous().map(|zoned| Some(Due(zoned))).map_err(beyond);
                }
                AmbiguousOffset::Gap { .. } => "does not happen",
                AmbiguousOffset::Fold { .. } => "happens twice",
            };
            let message = format!("this time {happens} in {name}, because the clocks change");
            Err(error(&message).help("choose another time, or write an offset such as `+02:00` behind it"))
        }
        (None, Zone::Unknown) => Ok(None),
        (None, Zone::Unsaid) => Err(error("a time of which zone?")
            .label("expected an offset behind it, such as Z or +02:00")
            .help("or name the zone of all times in [late]: time-zone = \"Europe/Berlin\"")),
    }
}

/// What a clock on the wall shows; nothing where date or time are not said.
fn local(written: &Datetime) -> Option<DateTime> {
    let (date, time) = (written.date?, written.time?);
    DateTime::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
        i8::try_from(time.hour).ok()?,
        i8::try_from(time.minute).ok()?,
        // Clocks of computers have no leap seconds.
        i8::try_from(time.second.unwrap_or(0).min(59)).ok()?,
        i32::try_from(time.nanosecond.unwrap_or(0)).ok()?,
    )
    .ok()
}

fn offset(written: WrittenOffset) -> Offset {
    match written {
        WrittenOffset::Z => Offset::UTC,
        // TOML knows none that a day cannot hold.
        WrittenOffset::Custom { minutes } => {
            Offset::from_seconds(i32::from(minutes) * 60).unwrap_or(Offset::UTC)
        }
    }
}
