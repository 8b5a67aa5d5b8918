//! Charts: the one component over plotly.js.

use super::menu::{Menu, MenuItem};
use crate::browser::document;
use crate::browser::plotly::{Picture, Plot};
use crate::figures::{Figure, Theme};
use crate::ui::format;
use crate::ui::hooks::Latest;
use crate::ui::stores::{Goal, use_color_scheme, use_downloads, use_notices};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_use::use_resize_observer;
use std::rc::Rc;
use std::sync::Arc;

/// How many rows the table shows at first, and how many more each time.
const ROWS: usize = 100;

/// The tokens of colors of lines, in the order of use.
const LINES: [&str; 8] =
    ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6", "--chart-7", "--chart-8"];

/// The colors and the font of charts, as the style sheets have them now. Follows
/// the page's and the system's color scheme.
pub fn use_chart_theme() -> Memo<Theme> {
    let scheme = use_color_scheme();
    Memo::new(move |_| {
        scheme.track();
        Theme {
            text: document::token("--text"),
            muted: document::token("--text-2"),
            grid: document::token("--line"),
            background: document::token("--surface"),
            font: document::token("--font"),
            lines: LINES.map(document::token).to_vec(),
        }
    })
}

/// A chart with its values as a table, and a menu to save it.
///
/// It is drawn when the main thread is idle, and redrawn when the figure
/// changes. Mount it after the first report is on screen: it loads plotly.js.
#[component]
pub fn Chart(
    /// What it shows.
    #[prop(into)]
    figure: Signal<Figure>,
    /// The name of saved files, without extension.
    file_name: &'static str,
    /// Called on a click on a point, with the indices of its trace and of the
    /// point in the trace.
    on_point: impl Fn(usize, usize) + Copy + 'static,
) -> impl IntoView {
    let drawing = NodeRef::<Div>::new();
    let plot = StoredValue::new_local(None::<Rc<Plot>>);
    let problem = RwSignal::new(None::<String>);
    let latest = Latest::new();
    Effect::new(move || {
        let json = figure.with(|figure| figure.json.clone());
        let Some(element) = drawing.get() else {
            return;
        };
        let ticket = latest.begin();
        let drawn = plot.get_value().unwrap_or_else(|| Rc::new(Plot::new(element.into(), on_point)));
        plot.set_value(Some(drawn.clone()));
        spawn_local(async move {
            let result = drawn.draw(&json).await;
            if ticket.is_latest() {
                problem.set(result.err());
            }
        });
    });
    use_resize_observer(drawing, move |_, _| {
        if let Some(plot) = plot.try_get_value().flatten() {
            spawn_local(async move { plot.fit().await });
        }
    });
    let name = move || figure.with(|figure| format!("{}. “Show as table” shows the values.", figure.title));
    let explanation = move || {
        let problem = problem.get()?;
        Some(view! { <p class="hint">{format!("The chart could not be drawn: {problem}")}</p> })
    };
    let note = move || {
        let note = figure.with(|figure| figure.note.clone())?;
        Some(view! { <p class="hint">{note}</p> })
    };
    view! {
        <div class="chart">
            <div
                class="chart-drawing"
                class:is-missing=move || problem.with(Option::is_some)
                role="img"
                aria-label=name
                node_ref=drawing
            ></div>
            {explanation}
            {note}
            <FigureTable figure=figure>
                <SaveMenu figure=figure plot=plot file_name=file_name />
            </FigureTable>
        </div>
    }
}

/// The values of a chart as a table, which opens below a button.
#[component]
fn FigureTable(
    /// The chart's figure.
    figure: Signal<Figure>,
    /// What is beside the button.
    children: Children,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let shown = RwSignal::new(ROWS);
    let total = Memo::new(move |_| figure.with(|figure| figure.table.rows.len()));
    let head = move || {
        let cell = |name: &String| view! { <th scope="col">{name.clone()}</th> };
        figure.with(|figure| figure.table.head.iter().map(cell).collect_view())
    };
    let rows = move || {
        let cell = |text: &String| view! { <td>{text.clone()}</td> };
        let row = |row: &Vec<String>| view! { <tr>{row.iter().map(cell).collect_view()}</tr> };
        figure.with(|figure| figure.table.rows.iter().take(shown.get()).map(row).collect_view())
    };
    let more = move || total.get().saturating_sub(shown.get()).min(ROWS);
    let more_label = move || format!("Show {}", format::plural(more() as u32, "more row"));
    view! {
        <div class="chart-tools">
            <button
                type="button"
                class="button button-small"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                "Show as table"
            </button>
            {children()}
        </div>
        <Show when=move || is_open.get()>
            <div class="chart-table" role="region" tabindex="0" aria-label="Values of the chart">
                <table>
                    <thead>
                        <tr>{head}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <Show when=move || { more() > 0 }>
                    <button
                        type="button"
                        class="button button-small"
                        on:click=move |_| shown.update(|shown| *shown += ROWS)
                    >
                        {more_label}
                    </button>
                </Show>
            </div>
        </Show>
    }
}

/// A menu to save a chart as a picture or its values as CSV.
#[component]
fn SaveMenu(
    /// The chart's figure.
    figure: Signal<Figure>,
    /// The chart.
    plot: StoredValue<Option<Rc<Plot>>, LocalStorage>,
    /// The name of saved files, without extension.
    file_name: &'static str,
) -> impl IntoView {
    let (downloads, notices) = (use_downloads(), use_notices());
    let save_picture = move |picture: Picture| {
        // Taken at once: the chart may be gone when the task runs.
        let plot = plot.get_value();
        spawn_local(async move {
            if let Some(plot) = plot
                && let Err(reason) = plot.save(picture, file_name).await
            {
                notices.show(format!("The chart could not be saved: {reason}"));
            }
        });
    };
    let save_csv = move || {
        let table = figure.with_untracked(|figure| figure.table.clone());
        downloads.start(Goal::Table(file_name, Arc::new(table)));
    };
    let item = |name, explanation: &str, choose: Box<dyn Fn()>| MenuItem {
        name,
        explanation: explanation.to_owned(),
        choose,
    };
    let items = move || {
        vec![
            item("PNG", "the chart as an image", Box::new(move || save_picture(Picture::Png))),
            item("SVG", "the chart as a vector image", Box::new(move || save_picture(Picture::Svg))),
            item("CSV", "the values as a table", Box::new(save_csv)),
        ]
    };
    view! { <Menu label="Save chart" items=items /> }
}
