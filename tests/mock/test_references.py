"""A property such as `job_id` names a job that exists, where the jobs are a collection of the document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from speclient.mock import Mock, Request

SPEC = """
openapi: 3.1.0
info: {title: Jobs, version: '1'}
paths:
  /jobs:
    get: {operationId: listJobs, responses: {'200': {$ref: '#/components/responses/Jobs'}}}
  /jobs/{job_id}:
    get:
      operationId: getJob
      parameters: [{name: job_id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: A job., content: {application/json: {schema: {$ref: '#/components/schemas/Job'}}}}
        '404': {description: Unknown.}
  /jobs/{job_id}/results:
    get:
      operationId: listJobResults
      parameters: [{name: job_id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {$ref: '#/components/responses/Results'}}
  /results:
    get:
      operationId: listResults
      parameters: [{name: job_id, in: query, schema: {type: string}}]
      responses: {'200': {$ref: '#/components/responses/Results'}}
    post:
      operationId: createResult
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Result'}}}}
      responses:
        '201': {description: A result., content: {application/json: {schema: {$ref: '#/components/schemas/Result'}}}}
  /people:
    get:
      operationId: listPeople
      responses:
        '200':
          description: The people.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Person'}}}}
  /people/{personId}:
    get:
      operationId: getPerson
      parameters: [{name: personId, in: path, required: true, schema: {type: integer}}]
      responses:
        '200': {description: A person., content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}
components:
  responses:
    Jobs:
      description: The jobs.
      content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Job'}}}}
    Results:
      description: The results.
      content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Result'}}}}
  schemas:
    Job:
      type: object
      required: [id, result_id, owner]
      properties: {id: {type: string}, result_id: {type: string}, owner: {type: string}}
    Result:
      type: object
      required: [id, job_id, person_id]
      properties: {id: {type: string}, job_id: {type: string}, person_id: {type: integer}, label: {type: string}}
    Person:
      type: object
      required: [id]
      properties: {id: {type: integer}}
"""


@pytest.fixture
def service(tmp_path: Path) -> Mock:
    path = tmp_path / "jobs.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return Mock(path)


def get(service: Mock, path: str, query: str = "") -> Any:
    response = service.handle(Request("GET", path, query))
    assert response.status == 200, response.body
    return response.json()


def test_references_name_resources_that_exist(service: Mock) -> None:
    results = get(service, "/results")
    jobs, people = (
        {each["id"] for each in get(service, "/jobs")},
        {each["id"] for each in get(service, "/people")},
    )
    assert {each["job_id"] for each in results} <= jobs
    assert {each["person_id"] for each in results} <= people
    assert len({each["job_id"] for each in results}) > 10


def test_references_in_both_directions_exist(service: Mock) -> None:
    jobs = get(service, "/jobs")
    results = get(service, "/results")
    assert {each["result_id"] for each in jobs} <= {each["id"] for each in results}
    assert {each["job_id"] for each in results} <= {each["id"] for each in jobs}
    assert get(service, "/jobs") == jobs


def test_a_listing_filters_by_a_reference(service: Mock) -> None:
    wanted = get(service, "/results")[0]["job_id"]
    assert all(each["job_id"] == wanted for each in get(service, "/results", f"job_id={wanted}"))
    assert get(service, f"/jobs/{wanted}")["id"] == wanted


def test_resources_below_others_keep_the_parent(service: Mock) -> None:
    job = get(service, "/jobs")[3]["id"]
    assert {each["job_id"] for each in get(service, f"/jobs/{job}/results")} == {job}


def test_what_a_test_or_a_request_sends_is_kept(service: Mock) -> None:
    assert service.add("listResults", {"job_id": "unknown"}, id="r-1")["job_id"] == "unknown"
    assert service.add("listResults", {"label": "x"}, id="r-2")["job_id"] in service.ids("listJobs")
    saved = service.store.to_dict()
    service.reset()
    service.store.load_dict({"/results": saved["/results"]})
    assert any(each["job_id"] == "unknown" for each in get(service, "/results"))
