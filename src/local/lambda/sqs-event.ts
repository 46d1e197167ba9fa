import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import type { ReceivedMessage } from '../sqs/message';
import type { MessageAttribute } from '../sqs/message-attributes';

/** The event Lambda makes of received messages: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsEvent(messages: readonly ReceivedMessage[], queueArn: string): SQSEvent {
  const region = queueArn.split(':')[3] ?? '';
  return { Records: messages.map((message) => asRecord(message, queueArn, region)) };
}

function asRecord(message: ReceivedMessage, eventSourceARN: string, awsRegion: string): SQSRecord {
  const {
    SentTimestamp = '',
    SenderId = '',
    ApproximateReceiveCount = '',
    ApproximateFirstReceiveTimestamp = '',
    ...rest
  } = message.attributes;
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: { ApproximateReceiveCount, SentTimestamp, SenderId, ApproximateFirstReceiveTimestamp, ...rest },
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, attribute]) => [name, asAttribute(attribute)]),
    ),
    md5OfBody: message.md5OfBody,
    ...(message.md5OfMessageAttributes === null ? {} : { md5OfMessageAttributes: message.md5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion,
  };
}

function asAttribute({ DataType, StringValue, BinaryValue }: MessageAttribute): SQSMessageAttribute {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
