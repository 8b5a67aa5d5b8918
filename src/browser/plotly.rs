//! Charts by plotly.js, which is loaded when the first chart is drawn.

use super::document;
use super::idle::idle;
use super::one_file;
use js_sys::{Function, JSON, Object, Promise};
use std::cell::{Cell, RefCell};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::HtmlElement;

/// Where plotly.js is, beside the page.
const LIBRARY: &str = "./plotly-cartesian.min.js";

/// The event of a click on a point.
const CLICK: &str = "plotly_click";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Plotly, catch)]
    async fn react(element: &HtmlElement, figure: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Plotly, catch)]
    fn purge(element: &HtmlElement) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = Plotly, js_name = downloadImage, catch)]
    async fn download_image(element: &HtmlElement, options: &ImageOptions) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["Plotly", "Plots"], catch)]
    async fn resize(element: &HtmlElement) -> Result<JsValue, JsValue>;

    /// The element of a chart, which emits events once it is drawn.
    #[wasm_bindgen(extends = HtmlElement)]
    type ChartElement;
    #[wasm_bindgen(method, catch)]
    fn on(this: &ChartElement, event: &str, listener: &Function) -> Result<(), JsValue>;

    /// A click on points.
    type ClickEvent;
    #[wasm_bindgen(method, getter)]
    fn points(this: &ClickEvent) -> Option<Vec<Point>>;

    /// A point of a chart.
    type Point;
    #[wasm_bindgen(method, getter, js_name = curveNumber)]
    fn curve_number(this: &Point) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = pointIndex)]
    fn point_index(this: &Point) -> Option<u32>;

    /// How a picture is saved.
    type ImageOptions;
    #[wasm_bindgen(method, setter)]
    fn set_format(this: &ImageOptions, format: &str);
    #[wasm_bindgen(method, setter)]
    fn set_filename(this: &ImageOptions, name: &str);
    #[wasm_bindgen(method, setter)]
    fn set_scale(this: &ImageOptions, scale: f64);
}

/// A file format of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Pixels.
    Png,
    /// Shapes.
    Svg,
}

/// A chart in an element. Dropping it frees the resources of plotly.js.
pub struct Plot {
    element: HtmlElement,
    /// Calls the listener with the indices of the trace and the point.
    on_click: Closure<dyn Fn(ClickEvent)>,
    is_drawn: Cell<bool>,
}

impl Plot {
    /// An empty chart. A click on a point calls `on_point` with the indices of
    /// its trace and of the point in the trace.
    pub fn new(element: HtmlElement, on_point: impl Fn(usize, usize) + 'static) -> Plot {
        let on_click = Closure::<dyn Fn(ClickEvent)>::new(move |event: ClickEvent| {
            let point = event.points().and_then(|points| points.into_iter().next());
            let place = point.and_then(|point| point.curve_number().zip(point.point_index()));
            if let Some((trace, point)) = place {
                on_point(trace as usize, point as usize);
            }
        });
        Plot { element, on_click, is_drawn: Cell::new(false) }
    }

    /// Draws a figure (JSON with `data`, `layout` and `config`) when the main
    /// thread is idle, or updates the differences from the previous figure. Does
    /// nothing if the element is no longer in the document.
    ///
    /// # Errors
    ///
    /// If the library could not be loaded, or cannot draw the figure.
    pub async fn draw(&self, figure: &str) -> Result<(), String> {
        let drawn = async {
            library().await?;
            idle().await;
            if !self.element.is_connected() {
                return Ok(());
            }
            react(&self.element, &JSON::parse(figure)?).await?;
            if !self.is_drawn.replace(true) {
                let element: &ChartElement = self.element.unchecked_ref();
                element.on(CLICK, self.on_click.as_ref().unchecked_ref())?;
            }
            Ok(())
        };
        drawn.await.map_err(|error| document::message_of(&error))
    }

    /// Fits the chart to the size of its element.
    pub async fn fit(&self) {
        if self.is_drawn.get() {
            // Fails while the element is hidden.
            let _ = resize(&self.element).await;
        }
    }

    /// Saves the chart as a picture; `name` has no extension.
    ///
    /// # Errors
    ///
    /// If the chart is not drawn, or the library fails.
    pub async fn save(&self, picture: Picture, name: &str) -> Result<(), String> {
        if !self.is_drawn.get() {
            return Err("the chart has not been drawn yet".to_owned());
        }
        let options: ImageOptions = Object::new().unchecked_into();
        options.set_filename(name);
        let (format, scale) = match picture {
            // Sharp on high-resolution screens.
            Picture::Png => ("png", 2.0),
            Picture::Svg => ("svg", 1.0),
        };
        options.set_format(format);
        options.set_scale(scale);
        let saved = download_image(&self.element, &options).await;
        saved.map(drop).map_err(|error| document::message_of(&error))
    }
}

impl Drop for Plot {
    fn drop(&mut self) {
        if self.is_drawn.get() {
            // Fails only for elements without a chart.
            let _ = purge(&self.element);
        }
    }
}

/// Loads plotly.js once, and again after a failure.
async fn library() -> Result<(), JsValue> {
    thread_local! {
        static LOADING: RefCell<Option<Promise>> = const { RefCell::new(None) };
    }
    let load = || future_to_promise(async { load().await.map(|()| JsValue::UNDEFINED) });
    let loading = LOADING.with_borrow_mut(|loading| loading.get_or_insert_with(load).clone());
    let loaded = JsFuture::from(loading).await;
    if loaded.is_err() {
        LOADING.set(None);
    }
    loaded.map(drop)
}

/// Fetches the script before adding it, so that it is evaluated when the main thread
/// is idle, and not as soon as it arrives.
async fn load() -> Result<(), JsValue> {
    idle().await;
    let preload = gloo_utils::document().create_element("link")?;
    preload.set_attribute("rel", "preload")?;
    preload.set_attribute("as", "script")?;
    let library = one_file::url_of("plotly.js", LIBRARY);
    preload.set_attribute("href", &library)?;
    add_to_head(preload.unchecked_ref()).await?;
    idle().await;
    let script = gloo_utils::document().create_element("script")?;
    script.set_attribute("src", &library)?;
    add_to_head(script.unchecked_ref()).await
}

/// Adds an element to the head, and waits until the browser has loaded it.
async fn add_to_head(element: &HtmlElement) -> Result<(), JsValue> {
    let loaded = Promise::new(&mut |resolve, reject| {
        element.set_onload(Some(&resolve));
        element.set_onerror(Some(&reject));
        if gloo_utils::head().append_child(element).is_err() {
            let _ = reject.call0(&JsValue::UNDEFINED);
        }
    });
    let failed = |_| js_sys::Error::new("plotly-cartesian.min.js could not be loaded").into();
    JsFuture::from(loaded).await.map(drop).map_err(failed)
}
