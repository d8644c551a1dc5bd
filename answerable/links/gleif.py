"""The Global LEI Foundation: records of organisations, by LEI and by legal name."""

from __future__ import annotations

from pydantic import BaseModel

from answerable.identifiers import Lei
from answerable.links.asking import FOUND, Asker, Table, shaped
from answerable.links.client import Service

GLEIF = Service("Global LEI Foundation", "https://api.gleif.org/api/v1/lei-records")
JSON_API = "application/vnd.api+json"
COLUMNS = ("lei", "name", "country", "jurisdiction", "form", "status", "registration", "renewal")


class _Name(BaseModel):
    name: str = ""


class _Address(BaseModel):
    country: str | None = None


class _LegalForm(BaseModel):
    id: str | None = None


class _Entity(BaseModel):
    legalName: _Name
    legalAddress: _Address = _Address()
    jurisdiction: str | None = None
    legalForm: _LegalForm = _LegalForm()
    status: str | None = None


class _Registration(BaseModel):
    status: str | None = None
    nextRenewalDate: str | None = None


class _Attributes(BaseModel):
    lei: Lei
    entity: _Entity
    registration: _Registration = _Registration()


class _Record(BaseModel):
    attributes: _Attributes

    def row(self) -> list[str]:
        said, entity, registration = self.attributes, self.attributes.entity, self.attributes.registration
        cells = (entity.legalAddress.country, entity.jurisdiction, entity.legalForm.id, entity.status)
        renewal = (registration.nextRenewalDate or "")[: len("YYYY-MM-DD")]
        return [str(said.lei), entity.legalName.name, *(c or "" for c in cells), registration.status or "", renewal]


class _Pagination(BaseModel):
    total: int = 0


class _Meta(BaseModel):
    pagination: _Pagination = _Pagination()


class _OneRecord(BaseModel):
    data: _Record


class _Records(BaseModel):
    meta: _Meta = _Meta()
    data: list[_Record]


def by_lei(asker: Asker, lei: Lei) -> Table:
    """The record of a LEI."""
    answer = asker.document(GLEIF, f"/{lei}", accept=JSON_API, missing_is=(404,))
    if answer and answer.status == 404:
        asker.notes.append(f"{GLEIF.name} has no record of {lei}")
        return asker.table(COLUMNS, [])
    return asker.table(COLUMNS, [shaped(GLEIF, answer, _OneRecord).data.row()] if answer else [])


def by_name(asker: Asker, name: str) -> Table:
    """Records of organisations by legal name."""
    params = {"filter[entity.legalName]": name, "page[size]": str(FOUND)}
    answer = asker.document(GLEIF, params=params, accept=JSON_API)
    if answer is None:
        return asker.table(COLUMNS, [])
    found = shaped(GLEIF, answer, _Records)
    if found.meta.pagination.total > FOUND:
        asker.notes.append(f"{found.meta.pagination.total} records match; the first {FOUND} are shown")
    return asker.table(COLUMNS, [record.row() for record in found.data])
