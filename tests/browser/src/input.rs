//! What people do with mouse, keyboard, clipboard and files.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{accessibility::Element, browser::Browser};

/// Control, as the DevTools protocol has it.
const CONTROL: u8 = 2;
/// Shift, likewise.
const SHIFT: u8 = 8;

impl Browser {
    /// Drags these files and folders over the middle of the page, and lets go of them there.
    ///
    /// # Errors
    ///
    /// If the page does not take them, or the browser refuses.
    pub async fn drop_files(&self, paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<()> {
        let files = absolute(paths);
        self.drag("dragEnter", &files).await?;
        self.drag("dragOver", &files).await?;
        self.drag("drop", &files).await
    }

    /// Drags these files and folders over the middle of the page, and holds them there.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn drag_over(&self, paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<()> {
        let files = absolute(paths);
        self.drag("dragEnter", &files).await?;
        self.drag("dragOver", &files).await
    }

    async fn drag(&self, kind: &str, files: &[PathBuf]) -> Result<()> {
        let [x, y]: [f64; 2] = self.evaluate("[innerWidth / 2, innerHeight / 2]").await?;
        let copy_and_others = 1;
        let data = json!({ "items": [], "files": files, "dragOperationsMask": copy_and_others });
        self.devtools("Input.dispatchDragEvent", json!({ "type": kind, "x": x, "y": y, "data": data }))
            .await
            .map(drop)
    }

    /// Puts a text on the clipboard and presses Ctrl+V.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn paste(&self, text: &str) -> Result<()> {
        self.fill_clipboard(text).await?;
        self.press_with("v", CONTROL, json!(["paste"])).await
    }

    /// Puts a text on the clipboard, and allows the page to read it.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn fill_clipboard(&self, text: &str) -> Result<()> {
        let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.devtools("Browser.grantPermissions", permissions).await?;
        let text = serde_json::to_string(text)?;
        self.evaluate::<Value>(&format!("navigator.clipboard.writeText({text}).then(() => true)")).await?;
        Ok(())
    }

    /// The text on the clipboard.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn clipboard(&self) -> Result<String> {
        // What is not granted again is refused from here on.
        let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.devtools("Browser.grantPermissions", permissions).await?;
        self.evaluate("navigator.clipboard.readText()").await
    }

    /// Presses and releases a key: a character, or a name such as `Enter`, `Escape`, `ArrowDown`;
    /// with `Shift+` in front, with Shift.
    ///
    /// # Errors
    ///
    /// If the key has no known name.
    pub async fn press(&self, key: &str) -> Result<()> {
        match key.strip_prefix("Shift+") {
            Some(key) => self.press_with(key, SHIFT, json!([])).await,
            None => self.press_with(key, 0, json!([])).await,
        }
    }

    async fn press_with(&self, key: &str, modifiers: u8, commands: Value) -> Result<()> {
        let (code, number) = key_code(key)?;
        let text = match key {
            "Enter" => "\r",
            _ if key.chars().count() == 1 && modifiers & CONTROL == 0 => key,
            _ => "",
        };
        let mut event = json!({
            "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" },
            "key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers,
            "commands": commands,
        });
        if !text.is_empty() {
            event["text"] = text.into();
        }
        self.devtools("Input.dispatchKeyEvent", event.clone()).await?;
        event["type"] = "keyUp".into();
        event["text"] = "".into();
        self.devtools("Input.dispatchKeyEvent", event).await.map(drop)
    }

    /// Types a text into the field that has the focus.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn write(&self, text: &str) -> Result<()> {
        self.devtools("Input.insertText", json!({ "text": text })).await.map(drop)
    }

    /// Moves the mouse.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn move_mouse(&self, x: f64, y: f64) -> Result<()> {
        self.devtools("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y }))
            .await
            .map(drop)
    }
}

/// Paths for the browser, which has another working folder.
fn absolute(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Vec<PathBuf> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    paths.into_iter().map(|path| absolute(path.as_ref())).collect()
}

/// The name of the key's place and its number.
fn key_code(key: &str) -> Result<(String, u32)> {
    let number = match key {
        "Enter" => 13,
        "Escape" => 27,
        "Tab" => 9,
        "Home" => 36,
        "End" => 35,
        "PageUp" => 33,
        "PageDown" => 34,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        "ArrowDown" => 40,
        "Backspace" => 8,
        " " => return Ok(("Space".to_owned(), 32)),
        "/" => return Ok(("Slash".to_owned(), 191)),
        "?" => return Ok(("Slash".to_owned(), 191)),
        _ => {
            let mut letters = key.chars();
            return match (letters.next(), letters.next()) {
                (Some(letter), None) if letter.is_ascii_alphabetic() => Ok((
                    format!("Key{}", letter.to_ascii_uppercase()),
                    u32::from(letter.to_ascii_uppercase()),
                )),
                (Some(digit), None) if digit.is_ascii_digit() => {
                    Ok((format!("Digit{digit}"), u32::from(digit)))
                }
                _ => bail!("no key is known as {key}"),
            };
        }
    };
    Ok((key.to_owned(), number))
}

impl Element<'_> {
    /// Moves the mouse to its middle, and presses and releases the button there: whatever lies
    /// above it gets the click instead, as with a person.
    ///
    /// # Errors
    ///
    /// If it is not on screen.
    pub async fn click(&self) -> Result<()> {
        let [x, y] = self.middle().await?;
        self.browser.move_mouse(x, y).await?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.browser.devtools("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// The middle of it, after scrolling it into view.
    async fn middle(&self) -> Result<[f64; 2]> {
        let node = json!({ "backendNodeId": self.dom });
        self.browser
            .devtools("DOM.scrollIntoViewIfNeeded", node.clone())
            .await
            .with_context(|| format!("{} is not shown", self.label))?;
        // A page that answers the scrolling moves things within a frame or two.
        tokio::time::sleep(Duration::from_millis(40)).await;
        let quads = self.browser.devtools("DOM.getContentQuads", node).await?;
        let quad: [f64; 8] = serde_json::from_value(quads["quads"][0].clone())
            .with_context(|| format!("{} has no place on screen", self.label))?;
        let [x1, y1, x2, y2, x3, y3, x4, y4] = quad;
        Ok([(x1 + x2 + x3 + x4) / 4.0, (y1 + y2 + y3 + y4) / 4.0])
    }

    /// Gives it the keyboard's focus.
    ///
    /// # Errors
    ///
    /// If it cannot have it.
    pub async fn focus(&self) -> Result<()> {
        let node = json!({ "backendNodeId": self.dom });
        let focused = self.browser.devtools("DOM.focus", node).await;
        focused.map(drop).with_context(|| format!("{} takes no focus", self.label))
    }

    /// Chooses files, or the one folder, in a file field.
    ///
    /// # Errors
    ///
    /// If the browser refuses.
    pub async fn choose(&self, paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<()> {
        let files = absolute(paths);
        let parameters = json!({ "backendNodeId": self.dom, "files": files });
        self.browser.devtools("DOM.setFileInputFiles", parameters).await.map(drop)
    }

    /// Replaces the text of a field and presses Enter.
    ///
    /// # Errors
    ///
    /// If it is no field.
    pub async fn enter(&self, text: &str) -> Result<()> {
        self.focus().await?;
        self.call::<Value>("function () { this.select(); return null; }").await?;
        self.browser.write(text).await?;
        self.browser.press("Enter").await
    }

    /// Calls a JavaScript function with the element as `this`.
    ///
    /// # Errors
    ///
    /// If it throws, or its value is not of this type.
    pub async fn call<T: DeserializeOwned>(&self, function: &str) -> Result<T> {
        let resolved = self.browser.devtools("DOM.resolveNode", json!({ "backendNodeId": self.dom })).await?;
        let parameters = json!({
            "objectId": resolved["object"]["objectId"], "functionDeclaration": function,
            "returnByValue": true, "awaitPromise": true, "userGesture": true,
        });
        let mut answer = self.browser.devtools("Runtime.callFunctionOn", parameters).await?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            bail!("{} threw: {thrown}", self.label);
        }
        let value = answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default();
        Ok(serde_json::from_value(value)?)
    }

    /// The text in it, as it is shown.
    ///
    /// # Errors
    ///
    /// If it is gone.
    pub async fn text(&self) -> Result<String> {
        self.call("function () { return this.innerText; }").await
    }

    /// An attribute of it.
    ///
    /// # Errors
    ///
    /// If it is gone.
    pub async fn attribute(&self, name: &str) -> Result<Option<String>> {
        let name = serde_json::to_string(name)?;
        self.call(&format!("function () {{ return this.getAttribute({name}); }}")).await
    }
}
