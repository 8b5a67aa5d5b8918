//! Messages as bytes, between a page and its workers.
//!
//! Both are of one build, which the start of a worker makes sure of. So nothing
//! is said about shapes, and nothing is checked: a struct is its fields, an enum
//! the index of its variant, a list its length and its elements; integers take a
//! byte for each seven bits.
//!
//! Ours, because it cannot fail: serde's code for a type is two to three times as
//! large where each field may end in an error. postcard, which is the same
//! otherwise, made the first visit 15 kB larger.

use serde::de::value::U32Deserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor,
};
use serde::ser::{self, Serialize};
use std::fmt;

/// Writes a message.
pub fn to_bytes<T: Serialize>(message: &T) -> Vec<u8> {
    let mut writer = Writer { bytes: Vec::new() };
    let Ok(()) = message.serialize(&mut writer);
    writer.bytes
}

/// Reads a message that [`to_bytes`] wrote of the same type. Bytes of anything
/// else give anything, or a panic.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> T {
    let mut reader = Reader { bytes };
    let Ok(message) = T::deserialize(&mut reader);
    message
}

/// The error that there is none of.
#[derive(Debug)]
pub enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Never {
        panic!("a message that cannot be written")
    }
}

impl de::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Never {
        panic!("a message of another build")
    }
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    #[inline(never)]
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    #[inline(never)]
    fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text);
    }

    #[inline(never)]
    fn float(&mut self, number: f64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }
}

/// Writes what is inside of something after what tells how much that is.
macro_rules! compound {
    ($($trait:ident::$method:ident($($key:ident)?)),*) => {
        $(impl ser::$trait for &mut Writer {
            type Ok = ();
            type Error = Never;

            fn $method<T: Serialize + ?Sized>(&mut self, $($key: &'static str,)? value: &T) -> Result<(), Never> {
                $(let _ = $key;)?
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Never> {
                Ok(())
            }
        })*
    };
}

compound!(
    SerializeSeq::serialize_element(),
    SerializeTuple::serialize_element(),
    SerializeTupleStruct::serialize_field(),
    SerializeTupleVariant::serialize_field(),
    SerializeStruct::serialize_field(_key),
    SerializeStructVariant::serialize_field(_key)
);

impl ser::SerializeMap for &mut Writer {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Never> {
        Ok(())
    }
}

macro_rules! write_numbers {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), Never> {
            self.number(value as u64);
            Ok(())
        })*
    };
}

impl<'a> ser::Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = &'a mut Writer;
    type SerializeTuple = &'a mut Writer;
    type SerializeTupleStruct = &'a mut Writer;
    type SerializeTupleVariant = &'a mut Writer;
    type SerializeMap = &'a mut Writer;
    type SerializeStruct = &'a mut Writer;
    type SerializeStructVariant = &'a mut Writer;

    write_numbers!(
        serialize_bool: bool, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_char: char
    );

    fn serialize_f32(self, value: f32) -> Result<(), Never> {
        self.float(f64::from(value));
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Never> {
        self.float(value);
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Never> {
        self.text(value.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Never> {
        self.text(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Never> {
        self.serialize_bool(false)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        self.number(1);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Never> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Result<(), Never> {
        self.serialize_u32(index)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        self.number(u64::from(index));
        value.serialize(self)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self, Never> {
        match len {
            Some(len) => self.number(len as u64),
            None => unreachable!("lists know their length"),
        }
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Never> {
        self.number(u64::from(index));
        Ok(self)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self, Never> {
        self.serialize_seq(len)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Never> {
        self.number(u64::from(index));
        Ok(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    #[inline(never)]
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((&byte, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            number |= u64::from(byte & 0x7F) << (shift & 63);
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        number
    }

    #[inline(never)]
    fn bytes(&mut self, len: usize) -> &'a [u8] {
        let (bytes, rest) = self.bytes.split_at_checked(len).unwrap_or_default();
        self.bytes = rest;
        bytes
    }

    #[inline(never)]
    fn text(&mut self) -> &'a str {
        let len = self.number() as usize;
        std::str::from_utf8(self.bytes(len)).unwrap_or_default()
    }

    #[inline(never)]
    fn float(&mut self) -> f64 {
        self.bytes(8).try_into().map_or(0.0, f64::from_le_bytes)
    }
}

/// The elements of a list.
struct Elements<'r, 'a>(&'r mut Reader<'a>, u64);

impl<'a> SeqAccess<'a> for Elements<'_, 'a> {
    type Error = Never;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Never> {
        if self.1 == 0 {
            return Ok(None);
        }
        self.1 -= 1;
        seed.deserialize(&mut *self.0).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.1 as usize)
    }
}

impl<'a> de::MapAccess<'a> for Elements<'_, 'a> {
    type Error = Never;

    fn next_key_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Never> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<T::Value, Never> {
        seed.deserialize(&mut *self.0)
    }
}

/// The fields of a struct or tuple: as many as are asked for.
struct Fields<'r, 'a>(&'r mut Reader<'a>);

impl<'a> SeqAccess<'a> for Fields<'_, 'a> {
    type Error = Never;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Never> {
        seed.deserialize(&mut *self.0).map(Some)
    }
}

impl<'a> EnumAccess<'a> for &mut Reader<'a> {
    type Error = Never;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<(T::Value, Self), Never> {
        let index: U32Deserializer<Never> = (self.number() as u32).into_deserializer();
        Ok((seed.deserialize(index)?, self))
    }
}

impl<'a> VariantAccess<'a> for &mut Reader<'a> {
    type Error = Never;

    fn unit_variant(self) -> Result<(), Never> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Never> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_seq(Fields(self))
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Never> {
        visitor.visit_seq(Fields(self))
    }
}

macro_rules! read_numbers {
    ($($method:ident: $visit:ident as $type:ty),*) => {
        $(fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
            visitor.$visit(self.number() as $type)
        })*
    };
}

impl<'a> de::Deserializer<'a> for &mut Reader<'a> {
    type Error = Never;

    read_numbers!(
        deserialize_u8: visit_u8 as u8, deserialize_u16: visit_u16 as u16, deserialize_u32: visit_u32 as u32,
        deserialize_u64: visit_u64 as u64, deserialize_i8: visit_i8 as i8, deserialize_i16: visit_i16 as i16,
        deserialize_i32: visit_i32 as i32, deserialize_i64: visit_i64 as i64
    );

    fn deserialize_any<V: Visitor<'a>>(self, _: V) -> Result<V::Value, Never> {
        unreachable!("messages do not tell their shape")
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        self.deserialize_any(visitor)
    }

    fn deserialize_identifier<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        self.deserialize_any(visitor)
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_bool(self.number() != 0)
    }

    fn deserialize_f32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_f32(self.float() as f32)
    }

    fn deserialize_f64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_f64(self.float())
    }

    fn deserialize_char<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_char(char::from_u32(self.number() as u32).unwrap_or_default())
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_borrowed_str(self.text())
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_borrowed_str(self.text())
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        let len = self.number() as usize;
        visitor.visit_borrowed_bytes(self.bytes(len))
    }

    fn deserialize_byte_buf<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        if self.number() == 0 { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Never> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        let len = self.number();
        visitor.visit_seq(Elements(self, len))
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Never> {
        visitor.visit_seq(Fields(self))
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Never> {
        visitor.visit_seq(Fields(self))
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Never> {
        let len = self.number();
        visitor.visit_map(Elements(self, len))
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Never> {
        visitor.visit_seq(Fields(self))
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Never> {
        visitor.visit_enum(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Unit;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Newtype(u32);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Plain,
        One(Newtype),
        Two(String, Option<Box<Kind>>),
        Fields { a: i64, b: Vec<(u8, bool)> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        unit: Unit,
        letter: char,
        numbers: (u16, i8, i16, i32, u64, f64),
        kinds: Vec<Kind>,
        map: BTreeMap<String, Vec<u8>>,
        result: Result<String, u32>,
        after: [u32; 2],
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            letter in any::<char>(),
            numbers in any::<(u16, i8, i16, i32, u64)>(),
            number in -1e300..1e300_f64,
            text in ".{0,200}",
            list in any::<Vec<(u8, bool)>>(),
            map in proptest::collection::btree_map(".{0,5}", any::<Vec<u8>>(), 0..4),
            result in any::<Result<u8, u32>>(),
            signed in any::<i64>(),
        ) {
            let (a, b, c, d, e) = numbers;
            let nested = Kind::Two(text.clone(), Some(Box::new(Kind::Fields { a: signed, b: list })));
            let all = All {
                unit: Unit,
                letter,
                numbers: (a, b, c, d, e, number),
                kinds: vec![Kind::Plain, nested, Kind::One(Newtype(d as u32)), Kind::Two(text, None)],
                map,
                result: result.map(|n| n.to_string()),
                after: [7, u32::MAX],
            };
            prop_assert_eq!(from_bytes::<All>(&to_bytes(&all)), all);
        }
    }

    #[test]
    fn what_is_no_number_stays_so() {
        assert!(from_bytes::<f64>(&to_bytes(&f64::NAN)).is_nan());
        assert_eq!(to_bytes(&(300_u32, "ü", Some(1.5_f64))).len(), 2 + 3 + 1 + 8);
    }
}
