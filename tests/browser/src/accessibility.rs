//! The page as assistive technology sees it: elements by role and accessible name.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::browser::{Browser, with_single_blanks};

/// A node of the accessibility tree.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Its role, as Chromium calls it: `button`, `gridcell`, `heading`, …
    pub role: String,
    /// Its accessible name, with single blanks.
    pub name: String,
    /// Its accessible description.
    pub description: String,
    /// The value of a field.
    pub value: String,
    /// States and properties: `expanded`, `disabled`, `focused`, …
    properties: Vec<(String, Value)>,
    /// The DOM node behind it.
    dom: Option<i64>,
    parent: Option<usize>,
    is_ignored: bool,
}

impl Node {
    /// A state or property.
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// It has the focus.
    pub fn is_focused(&self) -> bool {
        self.property("focused").and_then(Value::as_bool).unwrap_or(false)
    }
}

/// The accessibility tree at one moment.
pub struct Tree(Vec<Node>);

impl Tree {
    fn new(answer: &Value) -> Result<Self> {
        let given = answer["nodes"].as_array().context("no accessibility tree")?;
        let ids: Vec<&str> = given.iter().map(|node| node["nodeId"].as_str().unwrap_or_default()).collect();
        let places: std::collections::HashMap<&str, usize> =
            ids.iter().enumerate().map(|(place, &id)| (id, place)).collect();
        let text = |value: &Value| match &value["value"] {
            Value::String(text) => with_single_blanks(text),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let node = |node: &Value| Node {
            role: text(&node["role"]),
            name: text(&node["name"]),
            description: text(&node["description"]),
            value: text(&node["value"]),
            properties: node["properties"].as_array().map_or_else(Vec::new, |properties| {
                let pair = |p: &Value| {
                    (p["name"].as_str().unwrap_or_default().to_owned(), p["value"]["value"].clone())
                };
                properties.iter().map(pair).collect()
            }),
            dom: node["backendDOMNodeId"].as_i64(),
            parent: node["parentId"].as_str().and_then(|id| places.get(id).copied()),
            is_ignored: node["ignored"].as_bool().unwrap_or(false),
        };
        Ok(Self(given.iter().map(node).collect()))
    }

    /// All nodes that assistive technology is told of, in the order of the document.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.0.iter().filter(|node| !node.is_ignored)
    }

    /// The nodes of a role.
    pub fn all<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a Node> {
        self.nodes().filter(move |node| node.role == role)
    }

    /// The nodes of a role with exactly this name.
    pub fn named<'a>(&'a self, role: &'a str, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.all(role).filter(move |node| node.name == name)
    }

    /// The nodes inside another one.
    pub fn inside<'a>(&'a self, outer: &'a Node) -> impl Iterator<Item = &'a Node> {
        self.nodes().filter(move |node| {
            let mut above = node.parent;
            while let Some(place) = above {
                let ancestor = &self.0[place];
                if std::ptr::eq(ancestor, outer) || (outer.dom.is_some() && ancestor.dom == outer.dom) {
                    return true;
                }
                above = ancestor.parent;
            }
            false
        })
    }

    /// The text inside a node, in pieces joined by blanks.
    pub fn text(&self, outer: &Node) -> String {
        let pieces: Vec<&str> = self
            .inside(outer)
            .filter(|node| node.role == "StaticText")
            .map(|node| node.name.as_str())
            .collect();
        with_single_blanks(&pieces.join(" "))
    }

    /// A listing of roles and names, to compare screens by and for messages of failed tests.
    pub fn listing(&self) -> String {
        let mut listing = String::new();
        for node in
            self.nodes().filter(|node| !matches!(node.role.as_str(), "StaticText" | "InlineTextBox" | "none"))
        {
            let mut depth = 0;
            let mut above = node.parent;
            while let Some(place) = above {
                depth += usize::from(!self.0[place].is_ignored);
                above = self.0[place].parent;
            }
            listing.push_str(&"  ".repeat(depth));
            listing.push_str(&format!("{} \"{}\"", node.role, node.name));
            if !node.value.is_empty() {
                listing.push_str(&format!(" = {}", node.value));
            }
            listing.push('\n');
        }
        listing
    }
}

/// An element of the page that can be acted on.
#[derive(Clone)]
pub struct Element<'a> {
    pub(crate) browser: &'a Browser,
    pub(crate) dom: i64,
    /// Role and name, for messages.
    pub(crate) label: String,
}

impl Browser {
    /// The accessibility tree as it is now.
    ///
    /// # Errors
    ///
    /// If the browser does not give it.
    pub async fn tree(&self) -> Result<Tree> {
        Tree::new(&self.devtools("Accessibility.getFullAXTree", json!({})).await?)
    }

    /// The element of a node.
    ///
    /// # Errors
    ///
    /// If there is none behind it, as behind generated content.
    pub fn element(&self, node: &Node) -> Result<Element<'_>> {
        let label = format!("{} \"{}\"", node.role, node.name);
        let dom = node.dom.with_context(|| format!("{label} is no element"))?;
        Ok(Element { browser: self, dom, label })
    }

    /// Waits for the one element with this role and name.
    ///
    /// # Errors
    ///
    /// If there is none for a long time, or there are several.
    pub async fn find(&self, role: &str, name: &str) -> Result<Element<'_>> {
        self.find_where(role, &format!("\"{name}\""), |node| node.name == name).await
    }

    /// Waits for the one element with this role whose node is meant. `what` is for messages.
    ///
    /// # Errors
    ///
    /// As [`Browser::find`], with all names of that role.
    pub async fn find_where(
        &self,
        role: &str,
        what: &str,
        is_meant: impl Fn(&Node) -> bool,
    ) -> Result<Element<'_>> {
        let mut names = Vec::new();
        let found = self
            .until(&format!("the {role} {what}"), async || {
                let tree = self.tree().await?;
                let all: Vec<&Node> = tree.all(role).collect();
                let meant: Vec<&&Node> = all.iter().filter(|node| is_meant(node)).collect();
                names = all.iter().map(|node| node.name.clone()).collect();
                match meant.as_slice() {
                    [] => Ok(None),
                    [node] => self.element(node).map(Some),
                    several => bail!("there are {} of role {role} {what}", several.len()),
                }
            })
            .await;
        found.with_context(|| format!("of role {role} there are: {names:?}"))
    }

    /// There is an element with this role and name now.
    ///
    /// # Errors
    ///
    /// If the browser does not give the tree.
    pub async fn has(&self, role: &str, name: &str) -> Result<bool> {
        Ok(self.tree().await?.named(role, name).next().is_some())
    }

    /// The file field with this accessible name, also if it is not shown.
    ///
    /// # Errors
    ///
    /// With the names of all file fields, if there is none.
    pub async fn file_field(&self, name: &str) -> Result<Element<'_>> {
        let document = self.devtools("DOM.getDocument", json!({ "depth": 0 })).await?;
        let query = json!({ "nodeId": document["root"]["nodeId"], "selector": "input[type=file]" });
        let fields = self.devtools("DOM.querySelectorAll", query).await?;
        let mut names = Vec::new();
        for field in fields["nodeIds"].as_array().into_iter().flatten() {
            let described = self.devtools("DOM.describeNode", json!({ "nodeId": field })).await?;
            let dom = described["node"]["backendNodeId"].as_i64().context("a field without an id")?;
            let partial = json!({ "backendNodeId": dom, "fetchRelatives": false });
            let tree = Tree::new(&self.devtools("Accessibility.getPartialAXTree", partial).await?)?;
            let mut shown = tree.0.first().map(|node| node.name.clone()).unwrap_or_default();
            let field = Element { browser: self, dom, label: format!("file field \"{name}\"") };
            if shown.is_empty() {
                // Fields behind a button of the page are hidden, and then in no tree.
                shown = field
                    .call("function () { return this.ariaLabel ?? this.labels[0]?.textContent ?? ''; }")
                    .await?;
            }
            // Chromium appends what the field shows, such as "No file chosen".
            if shown.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' '])) {
                return Ok(field);
            }
            names.push(shown);
        }
        bail!("there is no file field \"{name}\"; there are: {names:?}")
    }
}
