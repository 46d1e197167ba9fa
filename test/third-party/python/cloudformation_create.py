"""Makes a stack of a template, as CloudFormation's own client does without CDK's staging bucket.

cloudformation_create.py URL STACK TEMPLATE_FILE
Prints {"status": status, "outputs": {key: value}, "resources": {type: [physical id]}}.
"""
import json
import sys
import time

import boto3

url, stack, template_file = sys.argv[1:]
client = boto3.client(
    "cloudformation",
    endpoint_url=url,
    region_name="us-east-1",
    aws_access_key_id="moto",
    aws_secret_access_key="moto",
)
with open(template_file, encoding="utf-8") as file:
    client.create_stack(StackName=stack, TemplateBody=file.read(), Capabilities=["CAPABILITY_IAM"])

for _ in range(50):
    described = client.describe_stacks(StackName=stack)["Stacks"][0]
    if not described["StackStatus"].endswith("_IN_PROGRESS"):
        break
    time.sleep(0.1)

resources = {}
for resource in client.list_stack_resources(StackName=stack)["StackResourceSummaries"]:
    resources.setdefault(resource["ResourceType"], []).append(resource["PhysicalResourceId"])
outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
print(json.dumps({"status": described["StackStatus"], "outputs": outputs, "resources": resources}))
