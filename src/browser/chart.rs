//! Charts: plotly.js, loaded with the first of them.

use js_sys::{Array, Function, JSON, Promise, Reflect};
use std::cell::RefCell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlScriptElement};

thread_local! {
    static LIBRARY: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// Draws a chart into `element`, or changes the one that is there. `traces`,
/// `layout` and `config` are JSON. A click on what is drawn calls `choose` with
/// the index of the trace and that of the point.
///
/// # Errors
///
/// The library could not be loaded, or refuses the chart.
pub async fn draw(
    element: &Element,
    traces: &str,
    layout: &str,
    config: &str,
    choose: Box<dyn Fn(u32, u32)>,
) -> Result<(), JsValue> {
    let library = LIBRARY.with_borrow_mut(|library| library.get_or_insert_with(load).clone());
    if let Err(error) = JsFuture::from(library).await {
        LIBRARY.with_borrow_mut(Option::take);
        return Err(error);
    }
    let arguments = Array::of4(element, &JSON::parse(traces)?, &JSON::parse(layout)?, &JSON::parse(config)?);
    let drawn = method("react")?.apply(&plotly()?, &arguments)?;
    JsFuture::from(drawn.dyn_into::<Promise>()?).await?;
    listen(element, choose)
}

/// Hears of clicks, in place of who heard of them before.
fn listen(element: &Element, choose: Box<dyn Fn(u32, u32)>) -> Result<(), JsValue> {
    const CLICK: &str = "plotly_click";
    let emitter = |name: &str| Reflect::get(element, &name.into())?.dyn_into::<Function>();
    let heard = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        let of_point = |key: &str| {
            let points = Reflect::get(&event, &"points".into()).ok()?;
            Reflect::get(&Array::from(&points).get(0), &key.into()).ok()?.as_f64()
        };
        if let (Some(trace), Some(point)) = (of_point("curveNumber"), of_point("pointIndex")) {
            choose(trace as u32, point as u32);
        }
    });
    emitter("removeAllListeners")?.call1(element, &CLICK.into())?;
    emitter("on")?.call2(element, &CLICK.into(), &heard.into_js_value())?;
    Ok(())
}

/// Frees what a chart holds.
pub fn purge(element: &Element) {
    if let (Ok(purge), Ok(plotly)) = (method("purge"), plotly()) {
        let _ = purge.call1(&plotly, element);
    }
}

fn plotly() -> Result<JsValue, JsValue> {
    Reflect::get(&super::document::window(), &"Plotly".into())
}

fn method(name: &str) -> Result<Function, JsValue> {
    Reflect::get(&plotly()?, &name.into())?.dyn_into()
}

fn load() -> Promise {
    Promise::new(&mut |resolve: Function, reject: Function| {
        let document = super::document::document();
        let script = document.create_element("script").map(JsCast::unchecked_into::<HtmlScriptElement>);
        let (Ok(script), Some(head)) = (script, document.head()) else {
            let _ = reject.call0(&JsValue::NULL);
            return;
        };
        script.set_src("./plotly-cartesian.min.js");
        script.set_onload(Some(&resolve));
        let failed = Closure::once_into_js(move || {
            let _ = reject.call1(&JsValue::NULL, &"plotly-cartesian.min.js could not be loaded".into());
        });
        script.set_onerror(Some(failed.unchecked_ref()));
        let _ = head.append_child(&script);
    })
}
