//! Each format as its consumer reads it: keys and types, and what counts.

use roxmltree::{Document, Node};
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

fn scored() -> Vec<Submission> {
    let all = samples().into_iter().map(|(_, submission)| submission);
    all.filter(|submission| require_score(submission).is_ok()).collect()
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn elements<'a, 'input>(node: Node<'a, 'input>, name: &'static str) -> Vec<Node<'a, 'input>> {
    node.descendants().filter(|node| node.has_tag_name(name)).collect()
}

#[test]
fn junit_is_xml_that_adds_up() {
    let all = samples().map(|(_, submission)| submission);
    let text = junit::of_all(&all);
    let document = Document::parse(&text).expect("well-formed XML");
    let root = document.root_element();
    for suite in elements(root, "testsuite").into_iter().chain([root]) {
        let count = |name: &str| suite.attribute(name).expect("a count").parse::<usize>().expect("a number");
        let pairs =
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")];
        for (attribute, element) in pairs {
            assert_eq!(count(attribute), elements(suite, element).len(), "{attribute}");
        }
        suite.attribute("time").expect("a time").parse::<f64>().expect("a number");
    }
    let faults = elements(root, "error");
    assert_eq!(faults.len(), 1);
    assert!(faults[0].text().expect("a text").contains("not your program's fault"));
}

#[test]
fn what_a_program_prints_stays_text_in_junit() {
    let text = junit::of_all(&[hostile()]);
    let document = Document::parse(&text).expect("well-formed XML");
    let failure = elements(document.root_element(), "failure")[0];
    assert!(failure.children().all(|child| child.is_text()));
    let told = failure.text().expect("a text");
    assert!(told.contains("]]></failure><b a='\"'>&amp;") && told.contains("\\x1B]0;x\\x07\\0"), "{told}");
    let error = elements(document.root_element(), "system-err")[0].text().expect("a text");
    assert!(error.contains("\n::error file=x::forged\n"), "{error}");
}

#[test]
fn tap_is_numbered_and_every_line_is_known() {
    let submissions = [pass(), failure(), hostile(), given_up()];
    let text = tap::of_all(&submissions);
    let amount: usize = submissions.iter().map(|submission| submission.scenarios().len()).sum();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    assert_eq!(lines.next(), Some(format!("1..{amount}").as_str()));
    let mut number = 0;
    for line in lines {
        if let Some(yaml) = line.strip_prefix("  ") {
            let value = yaml.split_once(": ").map(|(_, value)| parsed::<String>(value));
            assert!(value.is_some() || ["---", "..."].contains(&yaml), "{line}");
            continue;
        }
        number += 1;
        let rest = line.strip_prefix("not ").unwrap_or(line);
        assert!(rest.starts_with(&format!("ok {number} - w04-l03 ")), "{line}");
    }
    assert_eq!(number, amount);
    let last = tap::of_all(&[not_judged()]).lines().last().map(str::to_owned);
    assert!(last.is_some_and(|line| line.starts_with("Bail out! w04-l03 server-closes: ")));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct Gradescope {
    score: f64,
    execution_time: Option<f64>,
    output: Option<String>,
    output_format: String,
    test_output_format: String,
    test_name_format: String,
    visibility: String,
    stdout_visibility: String,
    tests: Vec<GradescopeTest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct GradescopeTest {
    score: f64,
    max_score: f64,
    status: String,
    name: String,
    number: String,
    output: Option<String>,
}

#[test]
fn gradescope_adds_points_up() {
    for submission in scored() {
        let text = gradescope::of(&submission);
        let results: Gradescope = parsed(&text);
        assert!((results.score - results.tests.iter().map(|test| test.score).sum::<f64>()).abs() < 1e-9);
        for test in &results.tests {
            assert!((0.0..=test.max_score).contains(&test.score), "{text}");
            assert_eq!(test.status == "passed", test.score >= test.max_score, "{text}");
        }
        let formats = (results.stdout_visibility.as_str(), results.test_output_format.as_str());
        assert_eq!(formats, ("hidden", "text"));
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct Classroom {
    schema: String,
    classroom: String,
    assignment: String,
    assignment_type: String,
    owner: String,
    submission: String,
    commit: String,
    release: String,
    review: String,
    datetime: String,
    score: u32,
    #[serde(rename = "max-score")]
    max_score: u32,
    tests: Vec<ClassroomTest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct ClassroomTest {
    #[serde(rename = "test-name")]
    name: String,
    passed: bool,
    score: u32,
    #[serde(rename = "max-score")]
    max_score: u32,
    message: Option<String>,
}

#[test]
fn classroom50_knows_every_key_and_wants_each() {
    for submission in scored() {
        let text = classroom(&submission);
        let results: Classroom = parsed(&text);
        assert_eq!(results.schema, "classroom50/result/v1");
        assert!(results.score <= results.max_score);
        assert_eq!(results.score, results.tests.iter().map(|test| test.score).sum::<u32>());
        assert_eq!(results.max_score, results.tests.iter().map(|test| test.max_score).sum::<u32>());
        assert!(results.tests.iter().all(|test| test.score <= test.max_score), "{text}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct Exercism {
    version: u32,
    status: String,
    message: Option<String>,
    tests: Vec<ExercismTest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct ExercismTest {
    name: String,
    status: String,
    message: Option<String>,
    output: String,
    test_code: String,
    task_id: Option<u32>,
}

#[test]
fn exercism_is_told_an_error_only_where_nothing_ran() {
    let statuses = samples().map(|(name, submission)| {
        let text = exercism::of(&submission);
        let results: Exercism = parsed(&text);
        assert_eq!(results.status == "error", results.message.is_some(), "{text}");
        assert_eq!(results.tests.is_empty(), results.status == "error", "{text}");
        let is_failed = |test: &ExercismTest| test.status != "pass";
        assert_eq!(results.tests.iter().any(is_failed), results.status == "fail", "{text}");
        assert!(results.tests.iter().all(|test| test.message.is_some() == is_failed(test)), "{text}");
        (name, results.status)
    });
    let expected = [
        ("pass", "pass"),
        ("failure", "fail"),
        ("given up", "fail"),
        ("not judged", "error"),
        ("does not build", "error"),
        ("no program", "error"),
        ("hostile", "fail"),
    ];
    assert_eq!(statuses, expected.map(|(name, status)| (name, status.to_owned())));
}

#[test]
fn exercism_gets_no_more_than_it_takes() {
    let trace = Story::new("s").complained(10, &"é".repeat(3000)).exited(20, ExitStatus::Code(1)).trace();
    let finding = finding("prints.nothing", "Your program printed nothing.", "a body", "nothing", None);
    let text = exercism::of(&of(verdict(vec![failed("The server answers.", trace, finding)])));
    let results: Exercism = parsed(&text);
    assert_eq!(results.tests[0].output.chars().count(), 500);
    assert!(results.tests[0].output.ends_with("é…"));
    let output = b"x".repeat(1 << 20);
    let outcome = Outcome::DoesNotBuild { criteria: Vec::new(), output };
    let text = exercism::of(&Submission { outcome, ..pass() });
    let message = parsed::<Exercism>(&text).message.expect("a message");
    assert!(message.len() <= 65_535 && message.ends_with('…'), "{} bytes", message.len());
}

#[test]
fn prairielearn_gets_points_on_all_tests_and_a_share_of_one() {
    for submission in scored() {
        let text = prairielearn::of(&submission);
        let results: Value = parsed(&text);
        if results["gradable"] == json!(false) {
            assert!(matches!(submission.outcome, Outcome::DoesNotBuild { .. }));
            let told = results["format_errors"][0].as_str();
            assert!(told.is_some_and(|text| text.contains("mismatched types")), "{text}");
            continue;
        }
        let tests = results["tests"].as_array().expect("tests");
        let sum = |key: &str| tests.iter().map(|test| test[key].as_f64().expect("points")).sum::<f64>();
        let score = results["score"].as_f64().expect("a score");
        let share = sum("points") / sum("max_points");
        assert!((0.0..=1.0).contains(&score) && (score - share).abs() < 1e-9, "{text}");
        for test in tests {
            let keys: Vec<&String> = test.as_object().expect("a test").keys().collect();
            assert_eq!(keys, ["max_points", "message", "name", "points"]);
        }
    }
}

#[test]
fn autolab_finds_its_score_on_the_last_line_and_nowhere_else() {
    for submission in scored() {
        let text = autolab::of(&submission);
        let lines: Vec<Value> = text.lines().map(parsed).collect();
        let [feedback, scores] = lines.as_slice() else { panic!("two lines: {text}") };
        assert_eq!(feedback["_presentation"], "semantic");
        for stage in feedback["stages"].as_array().expect("stages") {
            let steps = feedback[stage.as_str().expect("a name")].as_object().expect("steps by name");
            assert!(steps.values().all(|step| step["passed"].is_boolean()), "{text}");
        }
        let score = scores["scores"]["w04-l03"].as_u64().expect("a score");
        assert_eq!(scores, &json!({ "scores": { "w04-l03": score } }));
        assert!(score <= 12, "{text}");
    }
}

#[test]
fn rdjson_names_file_and_line() {
    let text = rdjson::of_all(&[failure(), does_not_build(), pass()]);
    let value: Value = parsed(&text);
    assert_eq!(value["source"], json!({ "name": "workbook" }));
    let diagnostics = value["diagnostics"].as_array().expect("diagnostics");
    let told = diagnostics.iter().map(|one| format!("{} {}", one["code"]["value"], one["severity"]));
    let expected = [
        "\"w04-l03.next-response-already-in-the-buffer\" \"ERROR\"",
        "\"w04-l03.server-keeps-the-connection-open\" \"ERROR\"",
        "\"w04-l03.blanks-behind-a-value\" \"INFO\"",
        "\"w04-l03.build\" \"ERROR\"",
        "\"w04-l03.blanks-behind-a-value\" \"INFO\"",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let range = json!({ "start": { "line": 2, "column": 17 } });
    assert_eq!(diagnostics[3]["location"], json!({ "path": "exercises/w04-l03/main.rs", "range": range }));
}

#[test]
fn json_lines_are_whole_documents() {
    let text = jsonl::of_all(&[failure(), does_not_build()]);
    let lines: Vec<Value> = text.lines().map(parsed).collect();
    let results: Vec<&Value> = lines.iter().map(|line| &line["result"]).collect();
    assert_eq!(results, ["failed", "failed"]);
    let Outcome::Judged(verdict, heading) = failure().outcome else { panic!("it ran") };
    assert_eq!(lines[0], parsed::<Value>(&crate::report::json::full(&verdict, &heading)));
}

#[test]
fn github_shows_ten_annotations_and_each_is_one_command() {
    let many: Vec<ScenarioVerdict> = (0..12).map(|_| overread()).collect();
    let text = github::annotations(&[of(verdict(vec![advice()])), of(verdict(many))]);
    assert_eq!(text.lines().count(), 10);
    assert!(text.lines().all(|line| line.starts_with("::error ")), "{text}");
    assert!(text.ends_with("::error title=workbook::4 more are not shown here.\n"), "{text}");
    let text = github::annotations(&[hostile()]);
    let begins = text.starts_with("::error title=w04-l03 hostile::Your program printed ");
    assert_eq!((text.lines().count(), begins), (1, true), "{text}");
    assert_eq!(github::annotations(&[of(verdict(vec![good(), private()]))]), "");
}

#[test]
fn a_summary_stays_below_the_limit() {
    let output = "\u{1b}`".repeat(40_000).into_bytes();
    let outcome = Outcome::DoesNotBuild { criteria: verdict(Vec::new()).criteria, output };
    let many: Vec<Submission> = (0..100).map(|_| Submission { outcome: outcome.clone(), ..pass() }).collect();
    let text = summary::of_all(&many);
    assert!(text.len() < 1 << 20, "{} bytes", text.len());
    assert!(text.ends_with(" more lessons are not shown here.\n\n"));
}

#[test]
fn what_is_our_fault_takes_no_points_and_what_was_not_played_earns_none() {
    let reason = require_score(&not_judged()).expect_err("a fault").to_string();
    let expected = "w04-l03 has no score, because not everything could be judged: no port of 127.0.0.1 was free \
                    (os error 98); nothing was written";
    assert_eq!(reason, expected);
    // One of two scenarios held, and two more were given up: a quarter of four points.
    let given_up = given_up();
    let points = score::parts(&given_up).iter().map(|part| (part.earned, part.points)).collect::<Vec<_>>();
    assert_eq!(points, [(4, 4), (1, 4), (4, 4)]);
    let mut elsewhere = verdict(vec![private()]);
    elsewhere.criteria[1] = criterion(LENGTH.0, LENGTH.1, 0, 0);
    let elsewhere = of(elsewhere);
    let ids: Vec<_> = score::parts(&elsewhere).iter().map(|part| part.criterion.id.clone()).collect();
    assert_eq!(ids, ["two-responses", "one-socket"], "what needs another level does not count");
}
